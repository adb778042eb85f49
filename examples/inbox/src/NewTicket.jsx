import { useMutation, useQuery } from '@apollo/client/react';
import { OPEN_TICKET, PROJECTS } from './operations.js';
import { Problem } from './parts.jsx';
import { submitOnCtrlEnter } from './Reply.jsx';

export function NewTicket() {
  const { data: known } = useQuery(PROJECTS);
  const [open, { loading, error, data }] = useMutation(OPEN_TICKET, {
    errorPolicy: 'all', // Problem shows the errors
    refetchQueries: ['Inbox'], // its first page
  });
  const submit = async (event) => {
    event.preventDefault();
    const { title, message, project } = Object.fromEntries(new FormData(event.currentTarget));
    const { data: opened } = await open({ variables: { title, message, relatedTo: project ? { type: 'PROJECT', id: project } : null } });
    if (opened?.createConversation?.conversationId) {
      location.hash = opened.createConversation.conversationId;
    }
  };
  return (
    <article aria-labelledby="title">
      <header>
        <a className="back" href="#">← Inbox</a>
        <h2 id="title">New ticket</h2>
      </header>
      <form onSubmit={submit}>
        <label htmlFor="subject">Title</label>
        <input id="subject" name="title" required maxLength={200} autoFocus />
        <label htmlFor="project">Project</label>
        <select id="project" name="project">
          <option value="">None</option>
          {known?.projects.nodes.map(({ id, description }) => <option key={id} value={id}>{description ?? id}</option>)}
        </select>
        <label htmlFor="message">Message</label>
        <textarea id="message" name="message" required rows={8} maxLength={8000} onKeyDown={submitOnCtrlEnter} />
        <Problem isWrite error={error} userErrors={data?.createConversation?.userErrors} />
        <p className="line"><button type="submit" disabled={loading} title="Ctrl-Enter">{loading ? 'Sending …' : 'Send'}</button></p>
      </form>
    </article>
  );
}
