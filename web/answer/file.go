package answer

// File answers with a file for the browser to keep, not to show, under this name: plain
// ASCII letters, digits, dots and hyphens. Nobody on the way may keep it.
func File(name, kind string, data []byte) Answer {
	return Answer{data: data, kind: kind, name: name, Secret: true}
}
