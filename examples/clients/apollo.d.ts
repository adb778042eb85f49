// In TypeScript, Apollo Client requires that an error policy in defaultOptions is declared.
import '@apollo/client';

declare module '@apollo/client' {
  namespace ApolloClient {
    namespace DeclareDefaultOptions {
      interface Query { errorPolicy: 'all' }
      interface WatchQuery { errorPolicy: 'all' }
    }
  }
}
