// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kafkalag/kafkalagreceiver/internal/test/child"
)

// KDC is a Kerberos server of one test: MIT's, as a child process on loopback.
type KDC struct {
	Realm string
	// ConfigFile is the krb5.conf of its clients.
	ConfigFile string

	dir      string
	lifetime time.Duration // of its tickets
}

const kdcProgram, adminProgram = "krb5kdc", "kadmin.local"

// HaveKDC reports whether a KDC can run here. Where KAFKALAG_REQUIRE asks for real
// servers and it cannot, the test fails.
func HaveKDC(t testing.TB) bool {
	t.Helper()
	for _, program := range []string{kdcProgram, adminProgram} {
		if _, err := lookServer(program); err != nil {
			if required("integration") {
				t.Fatalf("a KDC is required (KAFKALAG_REQUIRE) and cannot run: %v", err)
			}
			return false
		}
	}
	return true
}

// StartKDC runs a KDC until the test ends. Its tickets last that long, in whole
// seconds.
func StartKDC(t testing.TB, lifetime time.Duration) *KDC {
	t.Helper()
	k := &KDC{Realm: "KAFKA.TEST", dir: t.TempDir(), lifetime: lifetime}
	at := k.configure(t, mainServer, "")
	k.ConfigFile = k.file(mainServer + ".krb5.conf")
	k.run(t, "kdb5_util", "create", "-s", "-r", k.Realm, "-P", "master")
	k.serve(t, mainServer, at)
	return k
}

// Strict runs a second server of the realm until the test ends, one that finds
// every clock too far from its own, and returns the krb5.conf of its clients.
func (k *KDC) Strict(t testing.TB) string {
	t.Helper()
	// A difference of none is more than less than none.
	k.serve(t, "strict", k.configure(t, "strict", "clockskew = -1"))
	return k.file("strict.krb5.conf")
}

const mainServer = "main"

// configure writes the files of a server, with a setting of its own, and returns
// where it is to listen.
func (k *KDC) configure(t testing.TB, server, setting string) string {
	t.Helper()
	port, err := FreePort()
	if err != nil {
		t.Fatal(err)
	}
	at := address(loopback, port)
	k.write(t, server+".krb5.conf", `[libdefaults]
default_realm = %[1]s
dns_lookup_kdc = false
dns_lookup_realm = false
rdns = false
[realms]
%[1]s = {
	kdc = %[2]s
}
[domain_realm]
localhost = %[1]s
[logging]
kdc = FILE:%[3]s
`, k.Realm, at, k.file(server+".requests.log"))
	k.write(t, server+".kdc.conf", `[kdcdefaults]
kdc_listen = %[2]s
kdc_tcp_listen = %[2]s
[realms]
%[1]s = {
	database_name = %[3]s
	key_stash_file = %[4]s
	max_life = %[5]ds
	supported_enctypes = aes256-cts-hmac-sha1-96:normal
	default_principal_flags = +preauth
}
[libdefaults]
%[6]s
`, k.Realm, at, k.file("principals"), k.file("stash"), int(k.lifetime.Seconds()), setting)
	return at
}

// serve runs a server that is configured, until the test ends.
func (k *KDC) serve(t testing.TB, server, at string) {
	t.Helper()
	program, err := lookServer(kdcProgram)
	if err != nil {
		t.Fatal(err)
	}
	log := k.file(server + ".log")
	process, err := child.Run(log, "env", append(k.environment(server), program, "-n", "-r", k.Realm)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		process.Kill()
		if t.Failed() {
			t.Logf("kdc:\n%s\n%s", child.Tail(log, 20), child.Tail(k.file(server+".requests.log"), 40))
		}
	})
	err = poll("the KDC", func() error {
		conn, err := net.Dial("tcp", at)
		if err != nil {
			return diedOr(process, log, err)
		}
		return conn.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// AddUser adds a user with a password.
func (k *KDC) AddUser(t testing.TB, name, password string) {
	t.Helper()
	k.run(t, adminProgram, "-r", k.Realm, "addprinc", "-pw", password, name)
}

// Keytab adds a principal with a random key and returns a file with that key.
func (k *KDC) Keytab(t testing.TB, principal string) string {
	t.Helper()
	file := k.file(strings.ReplaceAll(principal, "/", "-") + ".keytab")
	k.run(t, adminProgram, "-r", k.Realm, "addprinc", "-randkey", principal)
	k.run(t, adminProgram, "-r", k.Realm, "ktadd", "-k", file, principal)
	return file
}

// Tickets counts the logins to the KDC that succeeded.
func (k *KDC) Tickets(t testing.TB) int {
	t.Helper()
	log, err := os.ReadFile(k.file(mainServer + ".requests.log"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(log)) {
		if strings.Contains(line, "AS_REQ") && strings.Contains(line, "ISSUE") {
			n++
		}
	}
	return n
}

func (k *KDC) file(name string) string { return filepath.Join(k.dir, name) }

func (k *KDC) environment(server string) []string {
	return []string{"KRB5_CONFIG=" + k.file(server+".krb5.conf"), "KRB5_KDC_PROFILE=" + k.file(server+".kdc.conf")}
}

func (k *KDC) write(t testing.TB, name, format string, values ...any) {
	t.Helper()
	if err := os.WriteFile(k.file(name), fmt.Appendf(nil, format, values...), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (k *KDC) run(t testing.TB, program string, args ...string) {
	t.Helper()
	path, err := lookServer(program)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = append(os.Environ(), k.environment(mainServer)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, out)
	}
}

// lookServer finds a program of a server, which not every user has in the path.
func lookServer(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err == nil {
		return path, nil
	}
	return exec.LookPath("/usr/sbin/" + name)
}
