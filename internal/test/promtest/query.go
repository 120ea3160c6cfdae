// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

package promtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"
)

// client keeps no connection, so that no goroutine outlives a test.
var client = &http.Client{
	Timeout:   30 * time.Second,
	Transport: &http.Transport{DisableKeepAlives: true},
}

// Query gives what an expression is worth now: a vector, sorted by Prometheus.
func (s *Server) Query(t require.TestingT, expr string) model.Vector {
	var data struct {
		ResultType string       `json:"resultType"`
		Result     model.Vector `json:"result"`
	}
	s.api(t, "query", url.Values{"query": {expr}}, &data)
	return data.Result
}

// Alert is an alert that is pending or fires.
type Alert struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	State       string            `json:"state"` // "pending" or "firing"
}

// Firing gives the alerts of that name that fire.
func (s *Server) Firing(t require.TestingT, name string) []Alert {
	var data struct {
		Alerts []Alert `json:"alerts"`
	}
	s.api(t, "alerts", nil, &data)
	var firing []Alert
	for _, alert := range data.Alerts {
		if alert.State == "firing" && alert.Labels["alertname"] == name {
			firing = append(firing, alert)
		}
	}
	return firing
}

// api asks the server's API and decodes the answer's data.
func (s *Server) api(t require.TestingT, path string, form url.Values, data any) {
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	body, err := get(method, s.URL+"/api/v1/"+path, form)
	require.NoError(t, err)
	answer := struct {
		Status string `json:"status"`
		Data   any    `json:"data"`
	}{Data: data}
	require.NoError(t, json.Unmarshal(body, &answer), "%s", body)
	require.Equal(t, "success", answer.Status)
}

// get returns the body of a good answer. Any other is an error that quotes it.
func get(method, address string, form url.Values) ([]byte, error) {
	request, err := http.NewRequest(method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s to %s: %s", address, response.Status, form.Get("query"), body)
	}
	return body, err
}
