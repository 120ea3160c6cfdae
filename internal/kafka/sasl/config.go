// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sasl

import (
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/tlsconfig"
)

// AuthConfig is how to log in to the brokers, in one way at most.
type AuthConfig struct {
	// SASL, where its mechanism is set, logs in by password or token.
	SASL *Config `mapstructure:"sasl"`
	// Kerberos logs in by SASL's mechanism GSSAPI.
	Kerberos *KerberosConfig `mapstructure:"kerberos"`

	// PlainText is another name for SASL's mechanism PLAIN. It is deprecated in
	// favor of SASL, and understood so that old configurations go on working.
	PlainText *PlainTextConfig `mapstructure:"plain_text"`
	// TLS is another place for "tls", likewise.
	TLS *tlsconfig.Config `mapstructure:"tls"`
}

// Config is a login by SASL.
type Config struct {
	// Mechanism is PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER or
	// AWS_MSK_IAM_OAUTHBEARER; empty is no login.
	Mechanism string `mapstructure:"mechanism"`
	// Username and Password are those of PLAIN and SCRAM.
	Username string              `mapstructure:"username"`
	Password configopaque.String `mapstructure:"password"`
	// Handshake, true where it is nil, names the mechanism to the broker before
	// PLAIN logs in. Proxies that ask for a password and are no Kafka brokers
	// may want it false.
	Handshake *bool `mapstructure:"handshake"`
	// OAuthBearer gets OAUTHBEARER's tokens from a token server.
	OAuthBearer *OAuthBearerConfig `mapstructure:"oauthbearer"`
	// OAuthBearerTokenSource gets them from a collector extension instead.
	OAuthBearerTokenSource component.ID `mapstructure:"oauthbearer_token_source"`
	// AWSMSK is for AWS_MSK_IAM_OAUTHBEARER.
	AWSMSK AWSMSKConfig `mapstructure:"aws_msk"`

	// Version is deprecated and has no effect: the version of the handshake
	// follows from protocol_version.
	Version *int `mapstructure:"version"`
}

// OAuthBearerConfig is how a token server is asked, by OAuth 2.0's client
// credentials grant.
type OAuthBearerConfig struct {
	ClientID     string              `mapstructure:"client_id"`
	ClientSecret configopaque.String `mapstructure:"client_secret"`
	TokenURL     string              `mapstructure:"token_url"`
	Scopes       []string            `mapstructure:"scopes"`
	// EndpointParams are sent along, as some servers want it of "audience", and
	// others of a secret.
	EndpointParams map[string][]configopaque.String `mapstructure:"endpoint_params"`
	// Extensions are sent to the broker with the token (KIP-342), such as the
	// logicalCluster of Confluent Cloud.
	Extensions map[string]string `mapstructure:"extensions"`
	// TLS is for the token server. It is loaded anew for each token.
	TLS *tlsconfig.Config `mapstructure:"tls"`
}

// AWSMSKConfig is a login with AWS credentials, which come by the default chain
// of the AWS SDK: environment, files, container and instance roles.
type AWSMSKConfig struct {
	// Region is the AWS region of the cluster.
	Region string `mapstructure:"region"`
}

// KerberosConfig is a login by Kerberos, with a password or a keytab.
type KerberosConfig struct {
	// ServiceName is the first part of the brokers' principals,
	// SERVICE/HOST@REALM, where HOST is the one that is dialed.
	ServiceName string `mapstructure:"service_name"`
	Realm       string `mapstructure:"realm"`
	Username    string `mapstructure:"username"`
	// Password is used unless UseKeyTab.
	Password configopaque.String `mapstructure:"password"`
	// UseKeyTab takes the key from KeyTabFile, as it does where a KeyTabFile is
	// given and no password.
	UseKeyTab  bool   `mapstructure:"use_keytab"`
	KeyTabFile string `mapstructure:"keytab_file"`
	// ConfigFile is a krb5.conf; empty is the system's.
	ConfigFile string `mapstructure:"config_file"`
	// DisableFastNegotiation is for KDCs that do not know PA-FX-FAST, such as
	// Active Directory's.
	DisableFastNegotiation bool `mapstructure:"disable_fast_negotiation"`
}

// PlainTextConfig is a login by SASL's mechanism PLAIN.
type PlainTextConfig struct {
	Username string              `mapstructure:"username"`
	Password configopaque.String `mapstructure:"password"`
}
