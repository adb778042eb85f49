package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// constant is a typed string constant.
type constant struct{ Name, Value string }

// readConstants returns the typed string constants of the package in a folder by the names of their types.
func readConstants(folder string) (map[string][]constant, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	constants := map[string][]constant{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		addConstants(constants, file)
	}
	return constants, nil
}

func addConstants(constants map[string][]constant, file *ast.File) {
	for node := range ast.Preorder(file) {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			continue
		}
		kind, isNamed := spec.Type.(*ast.Ident)
		literal, isLiteral := spec.Values[0].(*ast.BasicLit)
		if !isNamed || !isLiteral || literal.Kind != token.STRING {
			continue
		}
		if value, err := strconv.Unquote(literal.Value); err == nil {
			constants[kind.Name] = append(constants[kind.Name], constant{spec.Names[0].Name, value})
		}
	}
}
