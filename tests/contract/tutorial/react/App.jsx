import axios from 'axios';
import { useEffect, useState } from 'react';

const API_URL = import.meta.env.VITE_API_URL || 'http://localhost:3001'; // the address line

export default function App() {
  const [messages, setMessages] = useState([]);
  const [to, setTo] = useState('');
  const [text, setText] = useState('');
  const [notice, setNotice] = useState('');
  const [error, setError] = useState('');

  const fetchMessages = async () => {
    try {
      const { data } = await axios.get(`${API_URL}/api/messages`);
      if (data.success) setMessages(data.messages);
    } catch (e) {
      setError(`Could not load messages: ${e.message}`);
    }
  };

  useEffect(() => {
    fetchMessages();
    const timer = setInterval(fetchMessages, 2000);
    return () => clearInterval(timer);
  }, []);

  const sendMessage = async (event) => {
    event.preventDefault();
    setNotice('');
    setError('');
    try {
      const { data } = await axios.post(`${API_URL}/api/send_sms`, { to, text });
      if (!data.success) throw new Error(data.message);
      setNotice(`Message sent: ${data.messageId}`);
      setText('');
      fetchMessages();
    } catch (e) {
      setError(e.response?.data?.message ?? e.message);
    }
  };

  return (
    <main>
      <h1>SMS chat</h1>
      <form onSubmit={sendMessage}>
        <label>
          To <input value={to} onChange={(e) => setTo(e.target.value)} placeholder="+15550100123" />
        </label>
        <label>
          Message <textarea value={text} onChange={(e) => setText(e.target.value)} />
        </label>
        <button type="submit">Send SMS</button>
      </form>
      {notice && <p role="status">{notice}</p>}
      {error && <p role="alert">{error}</p>}
      <ul>
        {messages.map((message) => (
          <li key={message.id} className={message.type}>
            <b>{message.type === 'inbound' ? `From ${message.from}` : `To ${message.to}`}</b> <span>{message.text}</span>{' '}
            <time>{new Date(message.timestamp).toISOString()}</time>
          </li>
        ))}
      </ul>
    </main>
  );
}
