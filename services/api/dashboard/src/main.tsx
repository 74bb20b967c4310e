import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { makeApp } from './app/app';
import { startTheme } from './app/theme';
import './index.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

startTheme();
createRoot(root).render(<StrictMode>{makeApp().view}</StrictMode>);
