// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"context"
	"time"

	"github.com/aws/aws-msk-iam-sasl-signer-go/signer"
	"golang.org/x/oauth2"
)

// mskSigner makes the tokens of Amazon MSK itself: each is a signed request to
// connect, valid for 15 minutes.
type mskSigner struct{ region string }

// Token implements [tokenSource].
func (s *mskSigner) Token(ctx context.Context) (*oauth2.Token, error) {
	token, expires, err := signer.GenerateAuthToken(ctx, s.region)
	if err != nil {
		return nil, &tokenError{cause: "no AWS credentials: the default chain of the AWS SDK found none", err: err}
	}
	return &oauth2.Token{AccessToken: token, Expiry: time.UnixMilli(expires)}, nil
}
