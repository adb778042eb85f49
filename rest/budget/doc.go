// Package budget schedules the calls of one caller within the rate limit that mStudio reports with every response, so that
// a large operation leaves room for small ones, and an operation that cannot be completed is rejected before its first
// call. It makes no calls itself.
package budget
