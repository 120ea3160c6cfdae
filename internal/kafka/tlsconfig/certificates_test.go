// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package tlsconfig

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/test/kafkatest"
)

func TestCertificatesHaveABeginning(t *testing.T) {
	ca := kafkatest.NewCA(t)
	good := ca.Issue(t, "good", time.Hour)
	c := new(Config)
	c.CAFile, c.CertFile, c.KeyFile = ca.File, good.Cert, good.Key
	early := time.Now().Add(-48 * time.Hour) // they begin a day ago
	got := FileErrors(t.Context(), "tls", c, early)
	require.Len(t, got, 2)
	require.ErrorContains(t, got[0], `"tls.ca_file" is "`+ca.File+`": must be a file with certificates in PEM: not valid before `)
	require.ErrorContains(t, got[1], `"tls.cert_file" is "`+good.Cert+`": must be a file with a valid certificate: not valid before `)
}
