// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import "hash/crc32"

// checksum is the CRC-32 of a text, with the length that joining needs.
type checksum struct {
	crc  uint32
	size int64
}

// add is the checksum of the text followed by p.
func (c checksum) add(p []byte) checksum {
	return checksum{crc32.Update(c.crc, crc32.IEEETable, p), c.size + int64(len(p))}
}

// join is the checksum of the text followed by another of which only the
// checksum is known: c times x to the power of the other's bits, plus the other.
// It is what zlib calls crc32_combine.
func (c checksum) join(next checksum) checksum {
	shift, bits := uint32(1<<31), uint64(next.size)<<3
	for i := 0; bits > 0; i, bits = i+1, bits>>1 {
		if bits&1 == 1 {
			shift = multiply(powers[i&31], shift)
		}
	}
	return checksum{multiply(shift, c.crc) ^ next.crc, c.size + next.size}
}

// powers has x to the power of 2^i, modulo the polynomial, at i. They repeat
// after 32.
var powers = func() (p [32]uint32) {
	p[0] = 1 << 30
	for i := 1; i < len(p); i++ {
		p[i] = multiply(p[i-1], p[i-1])
	}
	return p
}()

// multiply multiplies two polynomials modulo that of the CRC. The highest bit is
// the lowest power.
func multiply(a, b uint32) uint32 {
	var product uint32
	for ; a != 0; a <<= 1 {
		if a&(1<<31) != 0 {
			product ^= b
		}
		carry := b & 1
		b >>= 1
		if carry == 1 {
			b ^= crc32.IEEE
		}
	}
	return product
}
