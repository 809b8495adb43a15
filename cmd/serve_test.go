package cmd_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
)

const secret = "sesame-0uvre"

// TestServeSaysWhatItCannotUse gives each option a value that cannot be used. Each
// is answered by one French sentence, that repeats no password.
func TestServeSaysWhatItCannotUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	file := filepath.Join(t.TempDir(), "fichier")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const (
		base  = "L'adresse publique donnée par --base-url n'est pas comprise\u00a0: écrivez https://marches.exemple.fr, sans rien après le nom du serveur."
		relay = "Le relais de messagerie donné par --smtp n'est pas compris\u00a0: écrivez smtp://serveur:port ou smtps://serveur:port."
		dsn   = "La base de données donnée par --database n'est pas comprise\u00a0: écrivez postgres://compte:mot-de-passe@serveur/base, ou rien pour SQLite."
		shut  = "La base de données ne s'ouvre pas."
	)
	listening := func(a string) string {
		return "L'adresse d'écoute «\u00a0" + a + "\u00a0» n'est pas libre, ou pas comprise\u00a0: donnez-en une autre par --listen."
	}
	for _, c := range []struct{ option, value, says string }{
		{"--listen", "huit mille", listening("huit mille")},
		{"--listen", "127.0.0.1:99999", listening("127.0.0.1:99999")},
		{"--listen", taken.Addr().String(), listening(taken.Addr().String())},
		{"--base-url", "marches.exemple.fr", base},
		{"--base-url", "ftp://marches.exemple.fr", base},
		{"--base-url", "https://", base},
		{"--base-url", "https://:443", base},
		{"--base-url", "https://marches.exemple.fr/parvis", base},
		{"--base-url", "https://marches.exemple.fr?a=b", base},
		{"--base-url", "https://compte:" + secret + "@marches.exemple.fr", base},
		{"--base-url", "https://compte:" + secret + "@marches.exemple.fr:port", base},
		{"--smtp", "relais.exemple.fr", relay},
		{"--smtp", "http://compte:" + secret + "@relais.exemple.fr", relay},
		{"--smtp", "smtp://compte:" + secret + "@relais.exemple.fr:port", relay},
		{"--smtp", "smtp://compte:" + secret + "%@relais.exemple.fr", relay},
		{"--smtp", "compte:" + secret + "@relais.exemple.fr:25", relay},
		{"--smtp", "smtp://compte:" + secret + "@relais.exemple.fr?starttls=peut-etre", relay},
		{"--mail-from", "pas une adresse", "L'adresse d'expéditeur «\u00a0pas une adresse\u00a0» n'est pas valable\u00a0: donnez-en une par --mail-from."},
		{"--trusted-proxy", "10.0.0.0/8,voisin", "Le réseau «\u00a0voisin\u00a0» donné par --trusted-proxy n'est pas compris\u00a0: écrivez 10.0.0.0/8 ou 192.0.2.7."},
		{"--database", "mysql://compte:" + secret + "@127.0.0.1/parvis", dsn},
		{"--database", "postgres ://compte:" + secret + "@127.0.0.1/parvis", dsn},
		{"--database", "host=127.0.0.1 password=" + secret, dsn},
		{"--database", "postgres://compte:" + secret + "%@127.0.0.1/parvis", dsn},
		{"--database", "postgres://compte:" + secret + "@127.0.0.1:1/parvis", shut},
		{"--database", "postgres://compte@127.0.0.1:1/parvis?password=" + secret, shut},
		{"--database", "postgres://compte:" + secret + "@127.0.0.1/parvis?sslmode=jamais", shut},
		{"--database", "postgres://compte:" + secret + "@127.0.0.1/parvis?pool_max_conns=beaucoup", shut},
		{"--database", "postgres://compte:é" + secret + "@127.0.0.1/parvis", dsn},
		{"--data", "", "Le dossier des données n'a pas de nom\u00a0: donnez-en un par --data."},
		{"--data", filepath.Join(file, "parvis"), "Le dossier de données «\u00a0" + filepath.Join(file, "parvis") + "\u00a0» ne peut pas être créé."},
		{"--data", file, "Le dossier de données «\u00a0" + file + "\u00a0» ne peut pas être créé."},
	} {
		dir := t.TempDir()
		out, errOut, status := run(t, "", "serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(dir, "d"), c.option+"="+c.value)
		first, _, _ := strings.Cut(errOut, "\n")
		if first != "parvis\u00a0: "+c.says || out != "" || status != 1 {
			t.Errorf("serve %s=%s: status %d, stdout %q\n%s", c.option, c.value, status, out, errOut)
		}
		for _, part := range []string{secret, "0uvre"} {
			if strings.Contains(errOut, part) {
				t.Errorf("serve %s=%s repeats the password:\n%s", c.option, c.value, errOut)
			}
		}
		if entries, _ := os.ReadDir(dir); len(entries) > 1 || len(entries) == 1 && entries[0].Name() != "d" {
			t.Errorf("serve %s=%s made %v", c.option, c.value, entries)
		}
	}
}

// TestNoCommandTakesAnAddressForAFile comes from a « mysql://… » that made a folder
// of that name, password included.
func TestNoCommandTakesAnAddressForAFile(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, typed := range []string{"serve --listen 127.0.0.1:0", "import boamp -"} {
		_, errOut, status := run(t, "", append(strings.Fields(typed), "--database", "mysql://compte:"+secret+"@127.0.0.1/parvis")...)
		if status != 1 || !strings.Contains(errOut, "n'est pas comprise") || strings.Contains(errOut, secret) {
			t.Errorf("%s: status %d, %s", typed, status, errOut)
		}
	}
	if entries, _ := os.ReadDir("."); len(entries) > 0 {
		t.Errorf("%v was made", entries)
	}
}

func TestANewerDatabaseIsLeftAlone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, place []string) {
		if _, errOut, status := run(t, "", append([]string{"import", "boamp", "-"}, place...)...); status != 0 {
			t.Fatal(errOut)
		}
		d := openDatabase(t, place)
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (999999, TRUE)")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		const says = "parvis\u00a0: Cette base de données vient d'une version plus récente de Parvis\u00a0: installez cette version, ou restaurez une sauvegarde.\n"
		for _, typed := range []string{"serve --listen 127.0.0.1:0", "import boamp -"} {
			_, errOut, status := run(t, line("26-1", "Voirie"), append(strings.Fields(typed), place...)...)
			if status != 1 || !strings.HasPrefix(errOut, says) {
				t.Errorf("%s: status %d, %s", typed, status, errOut)
			}
		}
		if n := countOf(t, d, "notice"); n != 0 {
			t.Errorf("%d notices went in", n)
		}
	})
}

// openDatabase opens what the options name, as it is.
func openDatabase(t *testing.T, place []string) *db.DB {
	t.Helper()
	url := filepath.Join(place[1], "parvis.db")
	if len(place) > 2 {
		url = place[3]
	}
	d, err := db.Open(t.Context(), url, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func countOf(t *testing.T, d *db.DB, table string) (n int64) {
	t.Helper()
	if err := d.Read(context.WithoutCancel(t.Context()), func(tx *db.Tx) error { return tx.One(&n, "SELECT count(*) FROM "+table) }); err != nil {
		t.Fatal(err)
	}
	return n
}

var answersAt = regexp.MustCompile(`parvis answers.* address=(\S+)`)

// address waits until the server says where it answers.
func address(t *testing.T, p *process) string {
	t.Helper()
	var m []string
	eventually(t, "the server's address", func() bool {
		m = answersAt.FindStringSubmatch(p.said())
		return m != nil
	})
	return m[1]
}

func TestTwoServersDoNotShareAFolder(t *testing.T) {
	dir := t.TempDir()
	first := launch(t, nil, nil, "serve", "--listen", "127.0.0.1:0", "--data", dir)
	url := "http://" + address(t, first) + "/sante"
	awaitPage(t, first, url)
	second := launch(t, nil, nil, "serve", "--listen", "127.0.0.1:0", "--data", dir)
	if status := second.status(t); status != 1 || !strings.Contains(second.said(), "parvis\u00a0: Un autre Parvis sert déjà le dossier «\u00a0"+dir+"\u00a0»\u00a0: arrêtez-le d'abord, ou choisissez un autre dossier par --data.\n") {
		t.Errorf("the second: status %d, %s", status, second.said())
	}
	awaitPage(t, first, url)
	first.signal(t, syscall.SIGKILL)
	first.status(t)
	third := launch(t, nil, nil, "serve", "--listen", "127.0.0.1:0", "--data", dir)
	awaitPage(t, third, "http://"+address(t, third)+"/sante")
}

func TestSeveralServersShareADatabaseOfPostgreSQL(t *testing.T) {
	place := where(t, db.Postgres)
	for range 2 {
		p := launch(t, nil, nil, append([]string{"serve", "--listen", "127.0.0.1:0"}, place...)...)
		awaitPage(t, p, "http://"+address(t, p)+"/sante")
	}
}

// TestServeReadsTheEnvironment gives every option of serve by its variable.
func TestServeReadsTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	env := []string{"PARVIS_DATA=" + dir, "PARVIS_LISTEN=127.0.0.1:0", "PARVIS_BASE_URL=https://marches.exemple.fr/", "PARVIS_SMTP=", "PARVIS_MAIL_FROM="}
	p := launch(t, env, nil, "serve")
	at := address(t, p)
	awaitPage(t, p, "http://"+at+"/sante")
	if _, err := os.Stat(filepath.Join(dir, "parvis.db")); err != nil {
		t.Errorf("PARVIS_DATA: %v", err)
	}
	for name, value := range map[string]string{
		"PARVIS_LISTEN": at, "PARVIS_BASE_URL": "marches", "PARVIS_SMTP": "relais", "PARVIS_MAIL_FROM": "x", "PARVIS_DATABASE": "base",
	} {
		option := "--" + strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, "PARVIS_")), "_", "-")
		bad := launch(t, append(env, "PARVIS_DATA="+t.TempDir(), name+"="+value), nil, "serve")
		if status := bad.status(t); status != 1 || !strings.Contains(bad.said(), option) {
			t.Errorf("%s=%s: status %d, %s", name, value, status, bad.said())
		}
	}
}

func TestServeReadsItsDatabaseInTheEnvironment(t *testing.T) {
	env := []string{"PARVIS_DATABASE=" + dbtest.URL(t, db.Postgres), "PARVIS_LISTEN=127.0.0.1:0", "PARVIS_DATA=" + t.TempDir()}
	p := launch(t, env, nil, "serve")
	address(t, p)
	if !strings.Contains(p.said(), "database=postgres") {
		t.Errorf("another database answers: %s", p.said())
	}
}

// TestServeFinishesWhatItBegan asks the server to stop while a form is on its way:
// the form is answered first, and nobody else is.
func TestServeFinishesWhatItBegan(t *testing.T) {
	eachDatabase(t, func(t *testing.T, place []string) {
		p := launch(t, nil, nil, append([]string{"serve", "--listen", "127.0.0.1:0"}, place...)...)
		at := address(t, p)
		conn, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		const form = "identifiant=personne&mot_de_passe=rien"
		// The server asks for the body once it has begun to read the form.
		fmt.Fprintf(conn, "POST /connexion HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", at, len(form))
		answers := bufio.NewReader(conn)
		if begun, err := http.ReadResponse(answers, nil); err != nil || begun.StatusCode != http.StatusContinue {
			t.Fatalf("%v, %v", begun, err)
		}
		p.signal(t, syscall.SIGTERM)
		eventually(t, "the door to be shut", func() bool {
			other, err := net.Dial("tcp", at)
			if err == nil {
				_ = other.Close()
			}
			return err != nil
		})
		fmt.Fprint(conn, form)
		res, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatalf("the form was not answered: %v", err)
		}
		if res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("the form was answered by %s", res.Status)
		}
		if status := p.status(t); status != 0 || !strings.Contains(p.said(), "parvis has stopped") {
			t.Errorf("status %d, %s", status, p.said())
		}
	})
}

// TestASecondSignalDoesNotWait has somebody press Ctrl+C twice while a form never
// ends.
func TestASecondSignalDoesNotWait(t *testing.T) {
	p := launch(t, nil, nil, "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir())
	at := address(t, p)
	conn, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	fmt.Fprintf(conn, "POST /connexion HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n", at)
	if _, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil {
		t.Fatal(err)
	}
	p.signal(t, syscall.SIGINT)
	eventually(t, "the door to be shut", func() bool {
		other, err := net.Dial("tcp", at)
		if err == nil {
			_ = other.Close()
		}
		return err != nil
	})
	p.signal(t, syscall.SIGINT)
	if status := p.status(t); status != -1 || strings.Contains(p.said(), "parvis has stopped") {
		t.Errorf("status %d, %s", status, p.said())
	}
}
