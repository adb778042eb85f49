package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"mstudio-graphql/gateway/limits"
	"mstudio-graphql/gateway/telemetry"
	"mstudio-graphql/graph/loader"
	"mstudio-graphql/graph/model"
	"mstudio-graphql/graph/render"
	"mstudio-graphql/rest"
	"mstudio-graphql/rest/budget"
)

// presenter turns errors into errors for clients.
type presenter struct{ log *slog.Logger }

// present returns the error for the client. It recovers from panics, because it runs in goroutines of resolvers, where a
// panic would end the process.
func (p presenter) present(ctx context.Context, err error) (presented *gqlerror.Error) {
	defer func() {
		if recover() != nil {
			presented = &gqlerror.Error{Message: model.CodeInternal.Message(), Extensions: map[string]any{"code": model.CodeInternal}}
		}
	}()
	presented = &gqlerror.Error{Extensions: map[string]any{}}
	var located *gqlerror.Error
	if field := graphql.GetFieldContext(ctx); field != nil && field.Field.Field != nil { // not an element of a list
		if null := nullArgument(ctx, field); null != nil {
			err = null
		}
		err = graphql.AddFieldLocationToError(ctx, err)
	}
	if errors.As(err, &located) {
		presented.Path, presented.Locations = located.Path, located.Locations
	}
	code := p.translate(ctx, err, located, presented)
	presented.Extensions["code"] = code
	if code == model.CodeInternal {
		presented.Extensions["requestId"] = telemetry.RecordOf(ctx).RequestID
	}
	return presented
}

// nullArgument returns an error if gqlgen has not evaluated the arguments of a field because a variable is null. gqlgen's own
// error has a path with the names of arguments.
func nullArgument(ctx context.Context, field *graphql.FieldContext) error {
	if field.Args != nil {
		return nil
	}
	if null := render.CheckNulls(field.Field, graphql.GetOperationContext(ctx).Variables); null != nil {
		return graphql.ErrorOnPath(ctx, null)
	}
	return nil
}

// translate sets the message and the extensions of presented, and returns the code.
func (p presenter) translate(ctx context.Context, err error, located, presented *gqlerror.Error) model.Code {
	var own *model.Error
	var upstream *rest.Error
	var exceeded *limits.ExceededError
	switch {
	case errors.As(err, &own):
		presented.Message = own.Message
		if own.RetryAfter > 0 {
			presented.Extensions["retryAfter"] = own.RetryAfter
		}
		return own.Code
	case errors.As(err, &upstream):
		return translateUpstream(upstream, presented)
	case errors.As(err, &exceeded):
		presented.Message = exceeded.Error()
		presented.Extensions = exceeded.Extensions()
		return exceeded.Code()
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		presented.Message = model.CodeTimeout.Message()
		return model.CodeTimeout
	case located != nil && located.Err == nil && isQueryError(located):
		presented.Message = located.Message
		return model.Code(fmt.Sprint(located.Extensions["code"]))
	}
	p.logInternal(ctx, err)
	presented.Message = model.CodeInternal.Message()
	return model.CodeInternal
}

func translateUpstream(upstream *rest.Error, presented *gqlerror.Error) model.Code {
	code := model.CodeOf(upstream)
	presented.Message = code.Message()
	if code == model.CodeBadUserInput && upstream.Status != 0 {
		presented.Message = "mStudio rejected an argument."
	}
	if rejection, ok := errors.AsType[*budget.Rejection](upstream); ok && rejection.Limit > 0 {
		presented.Message = rejection.Error()
		presented.Extensions["remaining"], presented.Extensions["limit"] = rejection.Remaining, rejection.Limit
		if rejection.Need > 0 {
			presented.Extensions["need"] = rejection.Need
		}
	}
	if upstream.Outcome != "" {
		presented.Extensions["outcome"] = upstream.Outcome
	}
	if upstream.RetryAfter > 0 {
		presented.Extensions["retryAfter"] = int(math.Ceil(upstream.RetryAfter.Seconds()))
	}
	return code
}

// isQueryError reports whether the error is from parsing or validation. The developer of the query needs its message, which
// repeats only names.
func isQueryError(located *gqlerror.Error) bool {
	code := located.Extensions["code"]
	return code == string(model.CodeParseFailed) || code == string(model.CodeValidationFailed)
}

// logInternal logs the type of an unexpected error without its text, which may contain secrets.
func (p presenter) logInternal(ctx context.Context, err error) {
	attributes := []slog.Attr{
		slog.String("requestId", telemetry.RecordOf(ctx).RequestID),
		slog.String("type", fmt.Sprintf("%T", rootCause(err))),
	}
	if panicked, ok := errors.AsType[*loader.PanicError](err); ok {
		attributes = append(attributes, slog.String("stack", string(panicked.Stack)))
	}
	p.log.LogAttrs(ctx, slog.LevelError, "internal error", attributes...)
}

func rootCause(err error) error {
	for {
		cause := errors.Unwrap(err)
		if cause == nil {
			return err
		}
		err = cause
	}
}

// recoverPanic returns an error for the panic of a resolver, without the panic's value, which may contain data.
func recoverPanic(context.Context, any) error {
	return &loader.PanicError{Stack: debug.Stack()}
}

// byPath orders errors by path, so that their order does not depend on timing.
func byPath(a, b *gqlerror.Error) int { return cmp.Compare(a.Path.String(), b.Path.String()) }
