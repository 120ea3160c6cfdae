// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package sasl

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-msk-iam-sasl-signer-go/signer"
	"golang.org/x/oauth2"

	"github.com/kafkalag/kafkalagreceiver/internal/kafka/kafkaerr"
)

// awsMSK is OAUTHBEARER with a token that is a request signed with AWS
// credentials.
var awsMSK = mechanism{
	name: "AWS_MSK_IAM_OAUTHBEARER",
	validate: func(s *Config) []error {
		if s.AWSMSK.Region == "" {
			return []error{notEmpty("auth.sasl.aws_msk.region", s.Mechanism)}
		}
		return nil
	},
	tokens: func(a *AuthConfig) (tokenSource, map[string]string) {
		return &mskSigner{region: a.SASL.AWSMSK.Region}, nil
	},
	sendsSecret: true,
	hints: kafkaerr.LoginHints{
		Refused: "it does not accept the AWS credentials: check their IAM policy (kafka-cluster:Connect), the region and the clock",
	},
}

// mskSigner makes the tokens of Amazon MSK itself: each is a signed request to
// connect, valid for 15 minutes.
type mskSigner struct{ region string }

// Token implements [tokenSource].
func (s *mskSigner) Token(ctx context.Context) (*oauth2.Token, error) {
	token, expires, err := signer.GenerateAuthToken(ctx, s.region)
	if err != nil {
		return nil, &kafkaerr.TokenError{Cause: causeOfMSK(ctx), Err: err}
	}
	return &oauth2.Token{AccessToken: token, Expiry: time.UnixMilli(expires)}, nil
}

// causeOfMSK looks at ctx alone: the chain has limits of its own, within which
// it looks for an instance's role where there is none.
func causeOfMSK(ctx context.Context) string {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return "no AWS credentials within half of request_timeout: the default chain of the AWS SDK was still at it"
	}
	return "no AWS credentials: the default chain of the AWS SDK gave none"
}
