// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"hash/crc32"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The checksum of a text put together out of pieces is that of the whole.
func TestChecksumsJoin(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		whole := make([]byte, random.IntN(1<<uint(random.IntN(20))+1))
		for i := range whole {
			whole[i] = byte(random.Uint32())
		}
		joined := checksum{}
		for rest := whole; ; {
			n := random.IntN(len(rest) + 1)
			joined = joined.join(checksum{}.add(rest[:n]))
			if rest = rest[n:]; len(rest) == 0 {
				break
			}
		}
		assert.Equal(t, checksum{crc32.ChecksumIEEE(whole), int64(len(whole))}, joined)
	}
}

// Texts may be larger than 32 bits can count: in whichever order they are joined,
// the checksum is the same.
func TestChecksumsOfGigabytesJoin(t *testing.T) {
	pieces := []checksum{checksum{}.add([]byte("begins with this"))}
	for range 36 {
		last := pieces[len(pieces)-1]
		pieces = append(pieces, last.join(last))
	}
	forward, backward := checksum{}, checksum{}
	for i := range pieces {
		forward = forward.join(pieces[i])
		backward = pieces[len(pieces)-1-i].join(backward)
	}
	assert.Greater(t, forward.size, int64(1)<<40)
	assert.Equal(t, forward, backward)
}
