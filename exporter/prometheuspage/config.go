// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package prometheuspage

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/kafkalag/kafkalagreceiver/internal/durations"
)

// Config has the keys of contrib's prometheus exporter, and two more: path and
// exact_expiry.
type Config struct {
	ServerConfig confighttp.ServerConfig `mapstructure:",squash"`

	// QueueBatchConfig has messages wait in a queue before they are rendered.
	QueueBatchConfig configoptional.Optional[exporterhelper.QueueBatchConfig] `mapstructure:"sending_queue"`

	// Path is where the page is.
	Path string `mapstructure:"path"`

	// ExactExpiry has a newer scrape of a source (resource and scope) replace all
	// that it sent before. Otherwise each series lasts for metric_expiration.
	ExactExpiry bool `mapstructure:"exact_expiry"`

	// MetricExpiration is how long a source that sends nothing more stays on the
	// page, and without exact expiry a series.
	MetricExpiration time.Duration `mapstructure:"metric_expiration"`

	// Namespace is put before every metric's name.
	Namespace string `mapstructure:"namespace"`

	// ConstLabels are on every series but target_info.
	ConstLabels map[string]string `mapstructure:"const_labels"`

	// SendTimestamps writes the time of each point beside its value.
	SendTimestamps bool `mapstructure:"send_timestamps"`

	// TranslationStrategy says how names become names of Prometheus.
	TranslationStrategy otlptranslator.TranslationStrategyOption `mapstructure:"translation_strategy"`

	// AddMetricSuffixes does nothing, as in contrib's exporter since v0.132.
	//
	// Deprecated: TranslationStrategy takes its place.
	AddMetricSuffixes bool `mapstructure:"add_metric_suffixes"`

	// ResourceConstantLabels chooses resource attributes that become labels.
	ResourceConstantLabels ResourceLabels `mapstructure:"resource_constant_labels"`

	// ResourceToTelemetry makes all resource attributes labels.
	//
	// Deprecated: ResourceConstantLabels takes its place.
	ResourceToTelemetry ResourceLabels `mapstructure:"resource_to_telemetry_conversion"`

	// WithoutScopeInfo leaves out the labels of the instrumentation scope.
	WithoutScopeInfo bool `mapstructure:"without_scope_info"`

	// EnableOpenMetrics offers OpenMetrics beside text.
	EnableOpenMetrics bool `mapstructure:"enable_open_metrics"`

	// undecoded says what is wrong with values that could not be decoded. It is
	// kept for Validate, which reports every mistake at once.
	undecoded []error
}

// ResourceLabels says which attributes of a resource become labels.
type ResourceLabels struct {
	// Included has names, with * and ? as wildcards; none: all but the excluded.
	Included []string `mapstructure:"included"`
	// Excluded has those that do not become labels although they are included.
	Excluded []string `mapstructure:"excluded"`
	// Enabled includes all.
	//
	// Deprecated: Included has it as "*".
	Enabled bool `mapstructure:"enabled"`
	// ExcludeServiceAttributes leaves out those that job and instance come from.
	//
	// Deprecated: Excluded can name them.
	ExcludeServiceAttributes bool `mapstructure:"exclude_service_attributes"`
}

func (l ResourceLabels) empty() bool {
	return !l.Enabled && !l.ExcludeServiceAttributes && len(l.Included)+len(l.Excluded) == 0
}

func createDefaultConfig() component.Config {
	queue := exporterhelper.NewDefaultQueueConfig()
	queue.Batch = configoptional.Default(*queue.Batch.GetOrInsertDefault())
	return &Config{
		ServerConfig:      confighttp.NewDefaultServerConfig(),
		QueueBatchConfig:  configoptional.Default(queue),
		Path:              "/metrics",
		MetricExpiration:  5 * time.Minute,
		ConstLabels:       map[string]string{},
		AddMetricSuffixes: true,
	}
}

// Unmarshal reads the configuration. An empty variable gives const_labels no
// labels: ${env:NAME:-} is the only way to leave a map to the environment.
func (c *Config) Unmarshal(conf *confmap.Conf) (err error) {
	if conf.Get("const_labels") == "" {
		conf.Delete("const_labels")
	}
	c.undecoded, err = durations.Unmarshal(conf, c)
	return err
}

// strategy is the translation strategy, where none is given the default one.
func (c *Config) strategy() otlptranslator.TranslationStrategyOption {
	return cmp.Or(c.TranslationStrategy, otlptranslator.UnderscoreEscapingWithSuffixes)
}

// resourceLabels is which resource attributes become labels, in today's keys.
func (c *Config) resourceLabels() ResourceLabels {
	if !c.ResourceConstantLabels.empty() {
		return c.ResourceConstantLabels
	}
	old := c.ResourceToTelemetry
	if old.Enabled {
		old.Included = []string{"*"}
		if old.ExcludeServiceAttributes {
			old.Excluded = []string{serviceName, serviceNamespace, serviceInstance}
		}
	}
	return old
}

var strategies = []otlptranslator.TranslationStrategyOption{
	"",
	otlptranslator.UnderscoreEscapingWithSuffixes,
	otlptranslator.UnderscoreEscapingWithoutSuffixes,
	otlptranslator.NoUTF8EscapingWithSuffixes,
	otlptranslator.NoTranslation,
}

// Validate returns every mistake in the configuration at once, a line each.
func (c *Config) Validate() error {
	errs := append(slices.Clone(c.undecoded), c.timingErrors()...)
	wrong := func(key string, given any, allowed string) {
		errs = append(errs, fmt.Errorf("%q is %q: must be %s", key, fmt.Sprint(given), allowed))
	}
	if strings.TrimSpace(c.ServerConfig.NetAddr.Endpoint) == "" {
		wrong("endpoint", c.ServerConfig.NetAddr.Endpoint, "an address to listen on, such as localhost:9308")
	}
	if !validPath(c.Path) {
		wrong("path", c.Path, `a path such as /metrics: it begins with "/", does not end in it, and has letters, digits and /._~- only`)
	}
	if slices.Contains([]string{healthPath, landingPath}, c.Path) {
		wrong("path", c.Path, "none of / and /healthz, which say something else")
	}
	if !slices.Contains(strategies, c.TranslationStrategy) {
		wrong("translation_strategy", c.TranslationStrategy, "one of UnderscoreEscapingWithSuffixes, "+
			"UnderscoreEscapingWithoutSuffixes, NoUTF8EscapingWithSuffixes, NoTranslation")
	}
	for name := range c.ConstLabels {
		if name == "" || strings.HasPrefix(name, "__") || !utf8.ValidString(name) {
			wrong("const_labels", name, "a label's name, in UTF-8 and not beginning with __")
		}
	}
	return errors.Join(append(errs, c.labelErrors()...)...)
}

// labelErrors finds keys of resource labels that do not go together.
func (c *Config) labelErrors() []error {
	var errs []error
	if c.ResourceConstantLabels.Enabled || c.ResourceConstantLabels.ExcludeServiceAttributes {
		errs = append(errs, errors.New(`"resource_constant_labels" has "enabled" or "exclude_service_attributes": must have "included" and "excluded" only`))
	}
	if old := c.ResourceToTelemetry; (old.Enabled || old.ExcludeServiceAttributes) && len(old.Included)+len(old.Excluded) > 0 {
		errs = append(errs, errors.New(`"resource_to_telemetry_conversion" has both "enabled" or "exclude_service_attributes" and "included" or "excluded": must have one kind`))
	}
	if !c.ResourceConstantLabels.empty() && !c.ResourceToTelemetry.empty() {
		errs = append(errs, errors.New(`"resource_to_telemetry_conversion" is set beside "resource_constant_labels": must be left out, being its older name`))
	}
	return errs
}

func validPath(p string) bool {
	return strings.HasPrefix(p, "/") && path.Clean(p) == p && !strings.ContainsFunc(p, func(r rune) bool {
		return r >= utf8.RuneSelf || !strings.ContainsRune("/._~-", r) &&
			(r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}
