import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { aNotice } from '../../test/make';
import { problem } from '../../test/mock/routes';
import { aWorld, openScreen } from '../../test/screen';

describe('notices', () => {
  it('show the worst first, count in the rail, and go when they are done', async () => {
    const world = aWorld();
    world.notices = [
      aNotice({ id: 'n1', severity: 'info', text: 'A limit is near.' }),
      aNotice({ id: 'n2', severity: 'alarm', text: 'A number has paused itself.', count: 3, subject: 'number:x' }),
    ];
    const { user } = openScreen('/notices', { world });
    const list = await screen.findByRole('list', { name: 'Open notices' });
    const [first] = within(list).getAllByRole('listitem');
    if (first === undefined) throw new Error('no notice is shown');
    expect(first).toHaveTextContent('A number has paused itself.');
    expect(first).toHaveTextContent('3 times');
    expect(within(first).getByRole('link', { name: 'Open the numbers' })).toHaveAttribute('href', '/numbers');
    expect(screen.getByRole('link', { name: /Notices/ })).toHaveTextContent('2 open notices');
    await user.click(within(first).getByRole('button', { name: 'Done' }));
    await waitFor(() => expect(screen.queryByText('A number has paused itself.')).toBeNull());
    await user.click(screen.getByRole('button', { name: 'Show closed ones' }));
    expect(await screen.findByText('Closed by Owner')).toBeInTheDocument();
  });

  it('say that there is nothing to look at', async () => {
    openScreen('/notices');
    expect(await screen.findByText('Nothing to look at')).toBeInTheDocument();
  });
});

describe('consent by hand', () => {
  it('opts somebody out, with what they said', async () => {
    const world = aWorld();
    const conversation = world.conversationFor('+15550100000', '+15550100101', 'Ada Lovelace');
    const { user } = openScreen(`/contacts/${conversation.contact.id}`, { world });
    await user.click(await screen.findByRole('button', { name: 'Opt them out…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Opt them out' });
    await user.type(within(dialog).getByRole('textbox', { name: 'Evidence' }), 'Said so on the phone');
    await user.click(within(dialog).getByRole('button', { name: 'Opt out' }));
    expect(await screen.findByText('“Said so on the phone”')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Opt them out…' })).toBeNull();
  });
});

describe('a person’s data', () => {
  it('is exported by a link, and erased only by whoever types the word', async () => {
    const world = aWorld();
    const conversation = world.conversationFor('+15550100000', '+15550100101', 'Ada Lovelace');
    const { id } = conversation.contact;
    const { user } = openScreen(`/contacts/${id}`, { world });
    expect(await screen.findByRole('link', { name: /Export all of it/ })).toHaveAttribute(
      'href',
      `/api/v1/contacts/${id}/export`,
    );
    await user.click(screen.getByRole('button', { name: 'Erase…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Erase all about Ada Lovelace?' });
    const erase = within(dialog).getByRole('button', { name: 'Erase for good' });
    expect(erase).toBeDisabled();
    await user.type(within(dialog).getByRole('textbox'), 'erase');
    await user.click(erase);
    await waitFor(() => expect(world.contacts.get(id)?.erased_at).not.toBeNull());
    await waitFor(() => expect(screen.queryByText('Ada Lovelace')).toBeNull());
  });
});

describe('settings', () => {
  it('are saved one by one, and say what was refused', async () => {
    const { user, world } = openScreen('/settings');
    const days = await screen.findByRole('textbox', { name: 'Erase what was said after' });
    await user.clear(days);
    await user.type(days, '30{Enter}');
    await waitFor(() => expect(world.settings.retention_days).toBe(30));
    const zone = screen.getByRole('textbox', { name: 'Time zone where a number tells none' });
    await user.type(zone, 'Moon/Base{Enter}');
    expect(await screen.findByText('is no time zone of the tz database')).toBeInTheDocument();
    expect(world.settings.home_zone).toBeNull();
    await user.click(screen.getByRole('switch', { name: 'US federal holidays, too' }));
    await waitFor(() => expect(world.settings.federal_holidays).toBe(true));
    await user.selectOptions(screen.getByRole('combobox', { name: 'A STOP ends' }), 'what the number sends');
    await waitFor(() => expect(world.settings.opt_out_scope).toBe('number'));
  });

  it('take a figure only where one belongs', async () => {
    const { user, world } = openScreen('/settings');
    const limit = await screen.findByRole('textbox', { name: 'Automatic answers to one person' });
    await user.clear(limit);
    await user.type(limit, 'many{Enter}');
    expect(await screen.findByText('A whole number, please.')).toBeInTheDocument();
    expect(world.settings.loop_limit).toBe(20);
  });

  it('say why they did not load', async () => {
    openScreen('/settings', { answering: () => Promise.resolve(problem(503, 'The worker does not answer.')) });
    expect(await screen.findByRole('alert')).toHaveTextContent('The worker does not answer.');
  });
});
