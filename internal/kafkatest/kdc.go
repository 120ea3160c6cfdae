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

	"github.com/kafkalag/kafkalagreceiver/internal/child"
)

// KDC is a Kerberos server of one test: MIT's, as a child process on loopback.
type KDC struct {
	Realm string
	// ConfigFile is the krb5.conf of its clients.
	ConfigFile string

	dir     string
	process *child.Process
}

const kdcProgram, adminProgram = "krb5kdc", "kadmin.local"

// HaveKDC tells whether a KDC can run here. Where KAFKALAG_REQUIRE asks for real
// servers and it cannot, the test fails.
func HaveKDC(t testing.TB) bool {
	t.Helper()
	for _, program := range []string{kdcProgram, adminProgram} {
		if _, err := lookServer(program); err != nil {
			if required("real") {
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
	server, err := lookServer(kdcProgram)
	if err != nil {
		t.Fatal(err)
	}
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	k := &KDC{Realm: "KAFKA.TEST", dir: t.TempDir()}
	k.ConfigFile = k.file("krb5.conf")
	k.write(t, "krb5.conf", `[libdefaults]
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
`, k.Realm, address(loopback, port), k.file("requests.log"))
	k.write(t, "kdc.conf", `[kdcdefaults]
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
`, k.Realm, address(loopback, port), k.file("principals"), k.file("stash"), int(lifetime.Seconds()))
	k.run(t, "kdb5_util", "create", "-s", "-r", k.Realm, "-P", "master")
	args := append(k.environment(), server, "-n", "-r", k.Realm)
	if k.process, err = child.Run(k.file("kdc.log"), "env", args...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		k.process.Kill()
		if t.Failed() {
			t.Logf("kdc:\n%s\n%s", child.Tail(k.file("kdc.log"), 20), child.Tail(k.file("requests.log"), 40))
		}
	})
	k.await(t, address(loopback, port))
	return k
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
	log, err := os.ReadFile(k.file("requests.log"))
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

func (k *KDC) environment() []string {
	return []string{"KRB5_CONFIG=" + k.ConfigFile, "KRB5_KDC_PROFILE=" + k.file("kdc.conf")}
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
	cmd.Env = append(os.Environ(), k.environment()...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, out)
	}
}

func (k *KDC) await(t testing.TB, address string) {
	t.Helper()
	err := poll("the KDC", func() error {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return diedOr(k.process, k.file("kdc.log"), err)
		}
		return conn.Close()
	})
	if err != nil {
		t.Fatal(err)
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
