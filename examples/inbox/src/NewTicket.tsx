import { useMutation } from '@apollo/client/react';
import type { FormEvent } from 'react';
import { AboutOptions, objectOf, TopicOptions, useChoices } from './choices.tsx';
import { OpenTicketDocument } from './generated.ts';
import { Problem, useKey, valuesOf } from './parts.tsx';
import { submitOnCtrlEnter } from './Reply.tsx';

export function NewTicket() {
  const choices = useChoices();
  const [open, { loading, error, data }] = useMutation(OpenTicketDocument, {
    errorPolicy: 'all', // Problem shows the errors
    refetchQueries: ['Inbox'], // its first page
  });
  const key = useKey();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { title, message, topic, about } = valuesOf<'title' | 'message' | 'topic' | 'about'>(event.currentTarget);
    const variables = { title, message, categoryId: topic || null, relatedTo: objectOf(about), key: key.of(title, message, topic, about) };
    const { data: opened } = await open({ variables });
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
        <label htmlFor="topic">Topic</label>
        <select id="topic" name="topic"><TopicOptions choices={choices} none="None" /></select>
        <label htmlFor="about">About</label>
        <select id="about" name="about"><AboutOptions choices={choices} none="Nothing in particular" /></select>
        <label htmlFor="message">Message</label>
        <textarea id="message" name="message" required rows={8} maxLength={8000} onKeyDown={submitOnCtrlEnter} />
        <Problem isWrite hasKey error={error} userErrors={data?.createConversation?.userErrors} />
        <p className="line"><button type="submit" disabled={loading} title="Ctrl-Enter">{loading ? 'Sending …' : 'Send'}</button></p>
      </form>
    </article>
  );
}
