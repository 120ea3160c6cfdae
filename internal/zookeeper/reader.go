// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package zookeeper

import (
	"context"
	"errors"
	"strings"
	"syscall"

	"github.com/go-zookeeper/zk"
	"go.uber.org/zap"

	"github.com/kafkalag/kafkalagreceiver/internal/cluster"
)

// ZooKeeper's names for a node that one may not read, and one that is not there.
const (
	codeNoAuth = "NO_AUTH"
	codeNoNode = "NO_NODE"
)

var errDone = errors.New("everything is read")

// Reader reads offsets. It opens a session for each reading, which costs the ensemble
// little, and nothing between two readings.
type Reader struct {
	cfg Config
	log *zap.Logger
}

// NewReader returns a reader for cfg, which has been validated. It does not
// dial.
func NewReader(cfg Config, log *zap.Logger) *Reader { return &Reader{cfg: cfg, log: log} }

// Groups returns what the wanted groups committed in the wanted topics, sorted
// by group. It returns by the end of ctx. The failures say what could not be
// read; where that is everything, there are no groups.
func (r *Reader) Groups(ctx context.Context, group, topic func(string) bool) ([]*cluster.Group, []cluster.Failure) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(errDone)
	d := &dialer{ctx: ctx, giveUp: cancel, servers: r.cfg.Servers}
	conn, _, err := zk.Connect(r.cfg.Servers, r.cfg.SessionTimeout, zk.WithDialer(d.dial),
		zk.WithHostProvider(d), zk.WithLogger(debugLog{r.log}), zk.WithMaxBufferSize(maxFrame))
	if err != nil {
		return nil, []cluster.Failure{r.failure(err, 0)}
	}
	// Calls take no context, but end with the connection.
	stop := context.AfterFunc(ctx, conn.Close)
	w := &walk{conn: conn, root: strings.TrimSuffix(r.cfg.Chroot, "/") + "/consumers"}
	groups, err := w.groups(group, topic)
	if stop() {
		conn.Close() // with a word to the server, before the connection is cut
	}
	switch {
	case ctx.Err() != nil:
		return nil, []cluster.Failure{r.failure(context.Cause(ctx), 0)}
	case err != nil:
		return nil, []cluster.Failure{r.failure(err, 0)}
	case w.denied > 0:
		return groups, []cluster.Failure{r.failure(zk.ErrNoAuth, w.denied)}
	}
	return groups, nil
}

func (r *Reader) failure(err error, groups int) cluster.Failure {
	f := cluster.Failure{
		API: cluster.APIZooKeeper, Broker: cluster.NoBroker, Address: strings.Join(r.cfg.Servers, ","),
		Code: cluster.CodeNoConnection, Groups: groups, Err: err,
	}
	switch {
	case errors.Is(err, zk.ErrNoAuth):
		f.Code, f.Cause = codeNoAuth, "an ACL of the node in ZooKeeper is missing: read"
	case errors.Is(err, zk.ErrNoNode):
		f.Code, f.Cause = codeNoNode, "there is no /consumers: check zookeeper.chroot"
	case errors.Is(err, errStranger):
		f.Cause = errStranger.Error()
	case errors.Is(err, errBadAnswer):
		f.Code, f.Cause = cluster.CodeBadAnswer, errBadAnswer.Error()
	case errors.Is(err, syscall.ECONNREFUSED):
		f.Cause = "nothing listens there: ZooKeeper is down, or the port is another"
	case errors.Is(err, context.DeadlineExceeded):
		f.Code = cluster.CodeNoAnswer
	}
	return f
}

// debugLog writes the library's lines at debug level: what they say reaches
// the user as failures of a scrape.
type debugLog struct{ log *zap.Logger }

func (l debugLog) Printf(format string, args ...any) { l.log.Sugar().Debugf(format, args...) }
