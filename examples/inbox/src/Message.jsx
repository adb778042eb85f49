import { Clip, Time } from './parts.jsx';

// Message shows one item of a history. The default case is for kinds that mStudio adds later.
export function Message({ message }) {
  switch (message.__typename) {
    case 'TextMessage':
      return <TextMessage {...message} />;
    case 'StatusUpdate':
      return <Note at={message.createdAt}>{words(message.code)}{message.user && ` · ${message.user.name}`}</Note>;
    case 'ServiceRequest':
      return <Note at={message.createdAt}>Request: {words(message.kind === 'UNKNOWN' ? message.rawKind : message.kind)}</Note>;
    default:
      return <Note at={message.createdAt}>This item cannot be shown yet</Note>;
  }
}

const words = (code) => code.toLowerCase().replaceAll('_', ' ');

const Note = ({ at, children }) => <li className="note">{children} · <Time at={at} /></li>;

// The text is untrusted, and React escapes it.
function TextMessage({ content, createdBy, createdAt, files }) {
  return (
    <li className={createdBy?.isEmployee ? 'message support' : 'message'}>
      <p className="line"><strong>{createdBy?.name ?? 'Unknown author'}</strong>{createdBy?.isEmployee && <span className="badge">mittwald</span>}<Time at={createdAt} /></p>
      {content && <p className="content">{content}</p>}
      {files.map((file) => <File key={file.id} {...file} />)}
    </li>
  );
}

function File({ name = 'A file', mimeType, download }) {
  if (!download) {
    return <p className="file"><Clip />{name} (not available)</p>;
  }
  return (
    <p className="file">
      <a href={download.url}><Clip />{name}</a>
      {/^image\/(png|jpeg|gif|webp)$/.test(mimeType) && <img src={download.url} alt={name} loading="lazy" />}
    </p>
  );
}
