// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"
	"go.opentelemetry.io/collector/confmap/provider/yamlprovider"

	"github.com/kafkalag/kafkalagreceiver/receiver"
)

// target is a receiver to check.
type target struct {
	id  component.ID
	cfg *receiver.Config
}

var errNoReceiver = errors.New(`no receiver "kafkalag" under "receivers"`)

// load reads the configurations at uris as the collector does: later ones are merged
// over earlier ones. It returns the receivers of this type, sorted, all of them valid;
// only limits them to one, by its id.
func load(ctx context.Context, uris []string, only string) ([]target, error) {
	conf, err := resolve(ctx, uris)
	if err != nil {
		return nil, err
	}
	receivers, err := conf.Sub("receivers")
	if err != nil {
		return nil, err
	}
	var targets []target
	var errs []error
	for key := range receivers.ToStringMap() {
		var id component.ID
		if id.UnmarshalText([]byte(key)) != nil || id.Type() != receiver.NewFactory().Type() || only != "" && id.String() != only {
			continue
		}
		cfg, err := decode(receivers, key)
		if err != nil {
			errs = append(errs, fmt.Errorf("receivers::%s: %w", id, err))
			continue
		}
		targets = append(targets, target{id, cfg})
	}
	if len(targets)+len(errs) == 0 {
		return nil, cmp.Or(missing(only), errNoReceiver)
	}
	slices.SortFunc(targets, func(a, b target) int { return cmp.Compare(a.id.String(), b.id.String()) })
	return targets, errors.Join(errs...)
}

func missing(only string) error {
	if only == "" {
		return nil
	}
	return fmt.Errorf("no receiver %q of the type kafkalag under \"receivers\"", only)
}

// resolve merges the configurations, and puts in what they take from the environment
// and from files.
func resolve(ctx context.Context, uris []string) (*confmap.Conf, error) {
	resolver, err := confmap.NewResolver(confmap.ResolverSettings{
		URIs:              uris,
		ProviderFactories: []confmap.ProviderFactory{envprovider.NewFactory(), fileprovider.NewFactory(), yamlprovider.NewFactory()},
		DefaultScheme:     "env",
	})
	if err != nil {
		return nil, err
	}
	conf, err := resolver.Resolve(ctx)
	return conf, errors.Join(withoutValues(err), resolver.Shutdown(ctx))
}

// yamlValue is what an error of YAML quotes: whatever stands there, such as a password
// that begins with an asterisk.
var yamlValue = regexp.MustCompile("(?s)(yaml: [^`']*)[`'].*[`']")

func withoutValues(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(yamlValue.ReplaceAllString(err.Error(), "${1}[REDACTED]"))
}

// decode reads and validates the configuration of one receiver.
func decode(receivers *confmap.Conf, key string) (*receiver.Config, error) {
	conf, err := receivers.Sub(key)
	if err != nil {
		return nil, err
	}
	cfg := receiver.NewFactory().CreateDefaultConfig().(*receiver.Config)
	if err := conf.Unmarshal(cfg); err != nil {
		return nil, err
	}
	if err := confmap.Validate(cfg); err != nil {
		return nil, errors.New(strings.Join(errorLines(newPrinter(cfg), err), "\n"))
	}
	return cfg, nil
}
