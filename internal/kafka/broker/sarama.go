// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package broker

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/IBM/sarama"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaconfig"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
	"github.com/kafkalag/kafkalagreceiver/internal/kafka/sasl"
)

// saramaConfig translates cfg. The dialer is each link's own.
func saramaConfig(cfg *kafkaconfig.Config, login *sasl.Login) (*sarama.Config, error) {
	conf := sarama.NewConfig()
	conf.ClientID = cfg.ClientID
	conf.Version = sarama.MaxVersion // an upper bound; each broker's ApiVersions lowers it
	if cfg.ProtocolVersion != "" {
		version, err := sarama.ParseKafkaVersion(cfg.ProtocolVersion)
		if err != nil {
			return nil, fmt.Errorf("protocol_version: %w", err)
		}
		conf.Version = version
	}
	// The steps' own deadlines cut connections; these only catch what none of
	// them watches.
	backstop := max(2*cfg.RequestTimeout, time.Second)
	conf.Net.DialTimeout = cfg.DialTimeout
	conf.Net.ReadTimeout = backstop
	conf.Net.WriteTimeout = backstop
	conf.Net.MaxOpenRequests = 1
	login.Configure(conf)
	if err := conf.Validate(); err != nil {
		return nil, err
	}
	return conf, nil
}

// The library has one logger for the whole process. It is set once, to one
// that forwards to the newest client's.
var (
	hookLogs   sync.Once
	saramaLogs atomic.Pointer[zap.Logger]
)

func forwardLogs(log *zap.Logger) {
	saramaLogs.Store(log)
	hookLogs.Do(func() {
		sarama.Logger = forwarder{}
		sarama.DebugLogger = forwarder{}
		if sarama.PanicHandler == nil {
			sarama.PanicHandler = logPanic
		}
	})
}

// logPanic keeps the collector alive when one of the library's own goroutines
// panics over an answer. Whoever waits for that goroutine runs into a deadline.
func logPanic(value any) {
	if log := saramaLogs.Load(); log != nil {
		log.Error("The Kafka client library panicked", zap.Any("value", value), zap.Stack("stack"))
	}
}

// forwarder writes the library's lines at debug level: what they say reaches
// the user as failures of a scrape.
type forwarder struct{}

func (forwarder) Print(v ...any)                 { forward(fmt.Sprint(v...)) }
func (forwarder) Printf(format string, v ...any) { forward(fmt.Sprintf(format, v...)) }
func (forwarder) Println(v ...any)               { forward(fmt.Sprintln(v...)) }

func forward(line string) {
	log := saramaLogs.Load()
	if log == nil {
		return
	}
	for len(line) > 0 && line[len(line)-1] == '\n' {
		line = line[:len(line)-1]
	}
	log.Debug(kafkaerr.Clip(line), zap.String("library", "sarama"))
}
