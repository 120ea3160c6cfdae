// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafkatest

import (
	"io"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNoises(t *testing.T) {
	for _, noise := range Noises {
		t.Run(noise.Name, func(t *testing.T) {
			port := StartNoise(t, noise)
			conn := dial(t, port.Addr())
			if noise.Reply != "" {
				_, err := io.WriteString(conn, "\x00\x00\x00\x01a")
				require.NoError(t, err)
			}
			heard := make([]byte, len(noise.Greeting+noise.Reply))
			_, err := io.ReadFull(conn, heard)
			require.NoError(t, err)
			assert.Equal(t, noise.Greeting+noise.Reply, string(heard))

			end := os.ErrDeadlineExceeded
			if noise.Closes {
				end = io.EOF
			} else {
				require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Millisecond)))
			}
			_, err = conn.Read(make([]byte, 1))
			require.ErrorIs(t, err, end)
			assert.Equal(t, 1, port.Dials())
		})
	}
}
