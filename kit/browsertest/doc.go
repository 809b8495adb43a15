// Package browsertest looks at pages the way a visitor's browser does: it drives a
// headless Chromium so that tests may press keys, read what a screen reader would be
// told, check the WCAG rules that a machine can check, and take pictures.
//
// It is for tests only. Where Chromium is absent the test is skipped with the reason,
// unless CI=true or PARVIS_REQUIRE_BROWSER=1, which make the absence a failure.
// Pictures are written only when PARVIS_SCREENSHOTS names a folder.
//
// A page that logs an error (an exception, a refused resource, a violation of the content
// security policy) fails its test, whatever the test was about: see [Page.AllowErrors].
//
// The accessibility rules are axe-core 4.14.1 (package axe-core, MPL-2.0, licence beside
// it in folder axe), unmodified.
package browsertest
