// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// CA is a certificate authority of one test.
type CA struct {
	// File has the authority's own certificate, in PEM.
	File string

	dir         string
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// Certificate names the PEM files of a certificate and its key. Both is the two
// in one file, as Kafka's own PEM keystores want it.
type Certificate struct{ Cert, Key, Both string }

// NewCA makes an authority whose files last until the test ends.
func NewCA(t testing.TB) *CA {
	t.Helper()
	ca := &CA{dir: t.TempDir(), key: newKey(t)}
	template := newTemplate(t, "kafkatest CA", time.Hour)
	template.IsCA = true
	template.KeyUsage = x509.KeyUsageCertSign
	ca.certificate = sign(t, template, template, &ca.key.PublicKey, ca.key)
	ca.File = filepath.Join(ca.dir, "ca.pem")
	writePEM(t, ca.File, pemOf("CERTIFICATE", ca.certificate.Raw))
	return ca
}

// Issue makes a certificate for servers and clients by that name, for the hosts
// (names or addresses), and writes its files, over those of an earlier one of
// that name. A negative lifetime makes one that has expired.
func (ca *CA) Issue(t testing.TB, name string, lifetime time.Duration, hosts ...string) Certificate {
	t.Helper()
	key := newKey(t)
	template := newTemplate(t, name, lifetime)
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	cert := pemOf("CERTIFICATE", sign(t, template, ca.certificate, &key.PublicKey, ca.key).Raw)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	private := pemOf("PRIVATE KEY", der)
	at := func(end string) string { return filepath.Join(ca.dir, name+end) }
	files := Certificate{Cert: at(".crt"), Key: at(".key"), Both: at(".pem")}
	writePEM(t, files.Cert, cert)
	writePEM(t, files.Key, private)
	writePEM(t, files.Both, bytes.Join([][]byte{private, cert}, nil))
	return files
}

func newTemplate(t testing.TB, name string, lifetime time.Duration) *x509.Certificate {
	t.Helper()
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		t.Fatal(err)
	}
	return &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             time.Now().Add(-24 * time.Hour),
		NotAfter:              time.Now().Add(lifetime),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
	}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t testing.TB, template, parent *x509.Certificate, key *ecdsa.PublicKey, by *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, by)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func writePEM(t testing.TB, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
