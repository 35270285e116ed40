package jamf

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// PolicyLog says that a policy ran on a Mac. What it printed is not in the API.
type PolicyLog struct {
	PolicyID   string
	PolicyName string
	User       string
	Time       time.Time // zero if it is not said in a form that is known
	Status     PolicyStatus
}

// PolicyStatus is how a run ended.
type PolicyStatus string

// How runs end.
const (
	PolicyCompleted PolicyStatus = "Completed"
	PolicyFailed    PolicyStatus = "Failed"
	PolicyPending   PolicyStatus = "Pending"
)

// PolicyLogs lists the runs of policies on one computer. There is no list for many, so this is for those Macs that are
// worth a request.
func (c *Client) PolicyLogs(ctx context.Context, computerID string) ([]PolicyLog, error) {
	logs, err := c.policyLogs(ctx, computerID)
	if err != nil {
		return nil, fmt.Errorf("list policy logs of computer %s: %w", oneLine(computerID), err)
	}
	return logs, nil
}

func (c *Client) policyLogs(ctx context.Context, computerID string) ([]PolicyLog, error) {
	if err := checkID(computerID); err != nil {
		return nil, err
	}
	path := classicRoot + "computerhistory/id/" + computerID + "/subset/PolicyLogs"
	got, err := c.do(ctx, call{method: http.MethodGet, path: path})
	if err != nil {
		return nil, err
	}
	e, err := parseXML(got.body, "computer_history")
	if err != nil {
		return nil, fmt.Errorf("GET %s: %w", path, err)
	}
	var logs []PolicyLog
	for _, r := range e.child("policy_logs").all("policy_log") {
		logs = append(logs, PolicyLog{
			PolicyID: strings.TrimSpace(r.value("policy_id")), PolicyName: r.value("policy_name"),
			User: r.value("username"), Time: logTime(r), Status: PolicyStatus(strings.TrimSpace(r.value("status"))),
		})
	}
	return logs, nil
}

// logTime reads the time of a log: milliseconds since 1970, or a text with a zone.
func logTime(r *element) time.Time {
	if ms, err := strconv.ParseInt(strings.TrimSpace(r.value("date_time_epoch")), 10, 64); err == nil && ms > 0 {
		return time.UnixMilli(ms).UTC()
	}
	return parseTime(strings.TrimSpace(r.value("date_time_utc")))
}

// FlushAge says how old logs must be to be flushed, such as "Zero Days" for all of them.
type FlushAge string

// FlushAll is every log.
const FlushAll FlushAge = "Zero Days"

// FlushAges are all there are.
func FlushAges() []FlushAge {
	var ages []FlushAge
	for _, number := range []string{"Zero", "One", "Two", "Three", "Six"} {
		for _, unit := range []string{"Days", "Weeks", "Months", "Years"} {
			ages = append(ages, FlushAge(number+" "+unit))
		}
	}
	return ages
}

// FlushPolicyLogs deletes the logs of a policy on all computers. The policy then runs again on those where its frequency
// says that it ran already.
func (c *Client) FlushPolicyLogs(ctx context.Context, policyID string, age FlushAge) error {
	err := refuseWord("age of logs", age, FlushAges())
	if err == nil {
		err = checkID(policyID)
	}
	if err == nil {
		path := classicRoot + "logflush/policy/id/" + policyID + "/interval/" + url.PathEscape(string(age))
		_, err = c.do(ctx, call{method: http.MethodDelete, path: path})
	}
	if err != nil {
		return fmt.Errorf("flush logs of policy %s: %w", oneLine(policyID), err)
	}
	return nil
}
