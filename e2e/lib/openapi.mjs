import Ajv from 'ajv';
import addFormats from 'ajv-formats';

// Keywords that ajv ignores: an annotation, and the document members that contain the schemas. ajv rejects any other
// unknown keyword.
const skipped = ['example', 'components', 'paths'];

// Description checks responses against an OpenAPI 3.0 document. It treats the schemas as JSON schemas, which is correct if
// they use neither `nullable` nor `discriminator`.
export class Description {
  #document;
  #ajv;
  #operations;

  constructor(document) {
    this.#document = document;
    this.#ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
    addFormats(this.#ajv);
    this.#ajv.addVocabulary(skipped);
    this.#ajv.addSchema({ $id: 'openapi', components: document.components, paths: document.paths });
    this.#operations = Object.entries(document.paths).map(([template, methods]) => {
      return { methods, template, pattern: patternOf(template) };
    });
  }

  // operation returns the operation of a path, which may have a query; undefined if it is not documented.
  operation(method, path) {
    const pathname = path.split('?')[0];
    const found = this.#operations.find(({ pattern }) => pattern.test(pathname));
    const description = found?.methods[method.toLowerCase()];
    return description && { ...description, pointer: pointer('paths', found.template, method.toLowerCase()) };
  }

  // check returns the deviations of a response from the document, as texts. Documented headers are required, although the
  // document does not mark them as such.
  check(method, path, { status, headers, body }) {
    const operation = this.operation(method, path);
    if (!operation) {
      return [`${method} ${path} is not documented`];
    }
    const key = String(status) in operation.responses ? String(status) : 'default';
    const response = this.#response(operation, key);
    if (!response) {
      return [`status ${status} is not documented`];
    }
    return [...this.#checkHeaders(response, headers), ...this.#checkBody(response, headers, body)];
  }

  #response(operation, key) {
    const response = operation.responses[key];
    if (!response?.$ref) {
      return response && { ...response, pointer: operation.pointer + pointer('responses', key) };
    }
    const name = response.$ref.replace('#/components/responses/', '');
    return { ...this.#document.components.responses[name], pointer: pointer('components', 'responses', name) };
  }

  #checkHeaders(response, headers) {
    return Object.keys(response.headers ?? {}).flatMap((name) => {
      const text = headers.get(name);
      if (text === null) {
        return [`header ${name} is missing`];
      }
      const { type } = response.headers[name].schema;
      const isNumber = type === 'integer' || type === 'number';
      const value = isNumber && text.trim() !== '' ? Number(text) : text;
      return this.#validate(response.pointer + pointer('headers', name, 'schema'), value, `header ${name}`);
    });
  }

  #checkBody(response, headers, body) {
    const mediaType = (headers.get('content-type') ?? '').split(';')[0];
    if (!response.content || !(mediaType in response.content)) {
      return [`media type "${mediaType}" is not documented`];
    }
    let value;
    try {
      value = JSON.parse(body);
    } catch {
      return ['body is not JSON'];
    }
    return this.#validate(response.pointer + pointer('content', mediaType, 'schema'), value, 'body');
  }

  // validate uses the schema at a pointer into the document, so that ajv compiles each schema once.
  #validate(pointer, value, what) {
    const validate = this.#ajv.getSchema(`openapi#${pointer}`);
    if (!validate) {
      return [`${what} has no schema`];
    }
    return validate(value) ? [] : validate.errors.map((e) => `${what}${e.instancePath} ${e.message} (${e.schemaPath})`);
  }
}

function patternOf(template) {
  const escaped = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\{[^}]+\}/g, '[^/]+')}$`);
}

// pointer returns a JSON pointer, encoded for the fragment of a URI.
function pointer(...names) {
  return names.map((name) => '/' + encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))).join('');
}
