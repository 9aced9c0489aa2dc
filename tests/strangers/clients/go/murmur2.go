package main

import (
	"encoding/binary"
	"hash"

	"github.com/IBM/sarama"
)

// likeJava chooses partitions as Apache Kafka's own client does: Sarama's default, FNV, chooses others.
func likeJava() sarama.PartitionerConstructor {
	return sarama.NewCustomPartitioner(
		sarama.WithAbsFirst(),
		sarama.WithCustomHashFunction(func() hash.Hash32 { return &murmur2{} }),
	)
}

// murmur2 hashes all that was written to it when it is asked for its sum.
type murmur2 struct{ written []byte }

func (m *murmur2) Write(part []byte) (int, error) {
	m.written = append(m.written, part...)
	return len(part), nil
}

func (m *murmur2) Reset()               { m.written = nil }
func (m *murmur2) Size() int            { return 4 }
func (m *murmur2) BlockSize() int       { return 4 }
func (m *murmur2) Sum(in []byte) []byte { return binary.BigEndian.AppendUint32(in, m.Sum32()) }

func (m *murmur2) Sum32() uint32 {
	const by = 0x5bd1e995
	data := m.written
	sum := uint32(0x9747b28c) ^ uint32(len(data))
	for ; len(data) >= 4; data = data[4:] {
		word := binary.LittleEndian.Uint32(data) * by
		word ^= word >> 24
		sum = sum*by ^ word*by
	}
	var last uint32
	for place, part := range data {
		last |= uint32(part) << (8 * place)
	}
	if len(data) > 0 {
		sum = (sum ^ last) * by
	}
	sum = (sum ^ sum>>13) * by
	return sum ^ sum>>15
}
