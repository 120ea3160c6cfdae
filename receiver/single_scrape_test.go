// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package receiver

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
	"github.com/kafkalag/kafkalagreceiver/internal/lag"
	"github.com/kafkalag/kafkalagreceiver/internal/test/metrictest"
)

// It counts what the first scrape of a receiver gives, and what its later ones add.
func TestScrapeOnce(t *testing.T) {
	cfg := fakeConfig(seeded(t))
	scrape, err := ScrapeOnce(t.Context(), cfg)
	require.NoError(t, err)
	require.NoError(t, scrape.Err)
	assert.Empty(t, scrape.Snapshot.Failures)
	assert.Len(t, scrape.Brokers, 3)
	assert.Positive(t, scrape.Took)

	series := map[string]int{}
	for metric, points := range metrictest.Points(scrapeOnce(t, cfg)) {
		series[metric] = len(points)
	}
	assert.Equal(t, series, scrape.Series)
	for _, metric := range afterTheFirstScrape {
		assert.Equal(t, 2, scrape.AllSeries[metric], "%s of two groups in one topic", metric)
		delete(scrape.AllSeries, metric)
	}
	assert.Equal(t, series, scrape.AllSeries)
}

func TestScrapeOnceLearnsNothing(t *testing.T) {
	cfg := newConfig()
	cfg.Brokers = []string{"127.0.0.1:1"}
	scrape, err := ScrapeOnce(t.Context(), cfg)
	require.NoError(t, err)
	require.Error(t, scrape.Err)
	require.Len(t, scrape.Snapshot.Failures, 1)
	assert.Equal(t, "127.0.0.1:1", scrape.Snapshot.Failures[0].Address)
}

// What an extension would be needed for is not left to fail somewhere else.
func TestScrapeOnceHasNoExtensions(t *testing.T) {
	cfg, err := loadConfig(t, "kafkalag/logins")
	require.NoError(t, err)
	cfg.Auth.Kerberos, cfg.Auth.SASL.OAuthBearer, cfg.Auth.PlainText, cfg.Auth.TLS = nil, nil, nil, nil
	_, err = ScrapeOnce(t.Context(), cfg)
	assert.ErrorContains(t, err, `"auth.sasl.oauthbearer_token_source" is "oauth2client/kafka": must be an extension`)
}

// Nothing that only time tells stays unknown, what is added to the report included.
func TestAssumeKnown(t *testing.T) {
	topics := func() []lag.Topic { return []lag.Topic{{Name: "orders", Partitions: make([]lag.Partition, 1)}} }
	report := &lag.Report{Groups: []lag.Group{{Topics: topics()}}, Share: []lag.Group{{Topics: topics()}}, Transactions: topics()}
	s := &cluster.Snapshot{Topics: map[string]*cluster.Topic{"orders": {Partitions: make([]cluster.Partition, 1)}}}
	assumeKnown(s, report)
	assert.True(t, s.Topics["orders"].Partitions[0].ProduceRateKnown)
	assert.Equal(t, lag.StatusOK, report.Groups[0].Status)
	for topic := range report.Dated() {
		topic.RetentionMargin.Known = true // which depends on the topic's settings
		assert.Empty(t, unknownIn(reflect.ValueOf(topic).Elem(), "Topic"))
	}
}

// unknownIn lists the ages, rates and statuses below v that are unknown.
func unknownIn(v reflect.Value, name string) []string {
	var unknown []string
	switch v.Kind() {
	case reflect.Struct:
		if known := v.FieldByName("Known"); known.IsValid() && !known.Bool() {
			return []string{name}
		}
		for field, value := range v.Fields() {
			unknown = append(unknown, unknownIn(value, name+"."+field.Name)...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			unknown = append(unknown, unknownIn(v.Index(i), name)...)
		}
	case reflect.Int8:
		if v.Type() == reflect.TypeFor[lag.Status]() && v.Int() == int64(lag.StatusUnknown) {
			unknown = append(unknown, name)
		}
	}
	return unknown
}
