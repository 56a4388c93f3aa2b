"""What people do on the peer: they write, edit, press, call commands and fill in forms."""

from tests.discord.records import APPLICATION_ID, GROUP, REPLY, Interaction, Message, person, stamp

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
SUBCOMMANDS = (1, 2)
IN_GUILD, IN_DM, IN_PRIVATE = 0, 1, 2
OPTIONS = {3: str, 4: int, 5: bool, 6: int, 10: float}
ADMINISTRATOR = 1 << 3


class People:
    """What people do, as a part of the peer; each returns the id of what they did."""

    def says(
        self,
        user,
        text,
        *,
        reference=None,
        attachments=(),
        snapshots=(),
        sticker=False,
        kind=0,
        at=None,
        **more,
    ):
        """Write in the DM; `reference` is a message id, `snapshots` are forwarded texts.

        `more` holds any other fields of the message.
        """
        channel = self.dm(user)
        more["attachments"] = [self._attachment(one) for one in attachments]
        if sticker:
            more["sticker_items"] = [{"id": str(self.new_id()), "name": "wave", "format_type": 1}]
        if snapshots:
            more["message_snapshots"] = [self._snapshot(one) for one in snapshots]
            more["message_reference"] = {"type": 1, "channel_id": "1", "message_id": "1"}
        if reference:
            more |= self._reply(channel, reference)
            kind = kind or REPLY
        message = self._written(channel, user, text, at=at, kind=kind, more=more)
        return self.add(message).id

    def edits(self, user, message_id, text):
        message = self.dm(user).messages[message_id]
        message.content, message.edited = text, self.now
        self.tell(message, "MESSAGE_UPDATE")
        return message_id

    def unfurls(self, message_id):
        """Add the preview of a link: an update that is no edit."""
        message = next(one for one in self._all() if one.id == message_id)
        message.embeds = [{"type": "link", "url": "https://example.org", "title": "Example"}]
        self.tell(message, "MESSAGE_UPDATE")
        return message_id

    def deletes(self, user, message_id):
        message = self.dm(user).messages.pop(message_id)
        self.tell(message, "MESSAGE_DELETE")

    def speaks_in_room(self, guild, user, text):
        """Write in a server's channel, where others read it."""
        return self.add(self._written(self.room(guild), user, text)).id

    def slash(self, user, name, *, context=None, channel_kind=None, **more):
        """Call a command that was synced: "lines", or "stagedoor settings" with its subcommand."""
        where, options = _split(more)
        guild = where.pop("guild", None)
        context = _context(context, guild)
        command, leaf, path = self._command(name)
        self._allowed(command, context, where)
        data = self._command_data(command, path, _given(leaf, options))
        channel = self._place(user, context, guild, channel_kind)
        return self._interacts(COMMAND, user, channel, data, context=context, **where)

    def types(self, user, command, option, text, *, context=None, **more):
        """Type into an option of a command that suggests."""
        where, options = _split(more)
        guild = where.pop("guild", None)
        context = _context(context, guild)
        known, leaf, path = self._command(command)
        (asked,) = [one for one in leaf.get("options", ()) if one["name"] == option]
        assert asked.get("autocomplete"), f"{command}: {option} suggests nothing"
        given = _given(leaf, options, whole=False)
        given.append({"name": option, "type": asked["type"], "value": text, "focused": True})
        data = self._command_data(known, path, given)
        channel = self._place(user, context, guild, None)
        return self._interacts(AUTOCOMPLETE, user, channel, data, context=context, **where)

    def presses(self, user, custom_id, *, message_id=None, values=(), guild=None, **where):
        """Press a button or take options of a select on the newest message that has it."""
        seen = [one for one in self._pressable(user, guild) if custom_id in one.pressable]
        if message_id:
            seen = [one for one in seen if one.id == message_id]
        assert seen, f"{user} sees nothing to press that is {custom_id!r}"
        message = seen[-1]
        component = message.pressable[custom_id]
        data = {"custom_id": custom_id, "component_type": component["type"], "id": component["id"]}
        if "options" in component:
            known = {option["value"] for option in component["options"]}
            least, most = component.get("min_values", 1), component.get("max_values", 1)
            assert set(values) <= known, f"{values} are not among {known}"
            assert least <= len(values) <= most, f"{least} to {most} of the options are taken"
            data["values"] = list(values)
        return self._interacts(COMPONENT, user, message.channel, data, source=message, **where)

    def staff_presses(self, user, token, *, message=None, **where):
        """Let somebody of the team press the newest button of a token, or one of a message."""
        seen = [one for one in self._all() if one.channel.staff and one.ours]
        seen = [one for one in seen if one.seen_by in (None, user) and token in one.pressable]
        seen = [one for one in seen if message in (None, one.id)]
        assert seen, f"nobody of the team can press {token}"
        newest = max(seen, key=lambda one: one.id)
        part = newest.pressable[token]
        data = {"custom_id": token, "component_type": part["type"], "id": part["id"]}
        return self._interacts(COMPONENT, user, newest.channel, data, source=newest, **where)

    def staff_calls(self, user, name, channel, text=None, **where):
        """Let somebody of the team call a command of their server's in a channel or a thread."""
        known = [one for one in self.guild_commands.get(channel.guild, ()) if one["name"] == name]
        assert known, f"/{name} is not written on that server"
        given = {} if text is None else {"text": text}
        data = self._command_data(known[0], [], _given(known[0], given))
        return self._interacts(COMMAND, user, channel, data, **where)

    def submits(self, user, text, *, modal=None, **where):
        """Fill in the last modal shown, or that of an interaction; `text` may be one a field."""
        shown = [one for one in self.modals.get(user, ()) if modal in (None, one.interaction.id)]
        assert shown, f"{user} sees no modal"
        form = shown[-1]
        texts = text if isinstance(text, dict) else {form.inputs[0]["custom_id"]: text}
        data = {"custom_id": form.custom_id, "components": _filled(form, texts)}
        asked = form.interaction
        return self._interacts(SUBMIT, user, asked.channel, data, source=asked.source, **where)

    # Their parts.

    def _written(self, channel, user, text, **more):
        at = more.pop("at", None) or self.now
        return Message(
            id=self.new_id(at), channel=channel, author=person(user), at=at, content=text, **more
        )

    def _attachment(self, named):
        given = named if isinstance(named, dict) else {"filename": named}
        url = f"https://cdn.discordapp.com/attachments/1/1/{given['filename']}"
        told = {"id": str(self.new_id()), "size": 1000, "url": url, "proxy_url": url}
        return told | {"content_type": "application/octet-stream"} | given

    def _snapshot(self, text):
        told = {"type": 0, "content": text, "timestamp": stamp(self.now), "edited_timestamp": None}
        lists = {name: [] for name in ("embeds", "attachments", "mentions", "mention_roles")}
        return {"message": told | lists | {"flags": 0, "components": []}}

    def _reply(self, channel, message_id):
        known = channel.messages.get(message_id)
        told = {"type": 0, "channel_id": str(channel.id), "message_id": str(message_id)}
        return {
            "message_reference": told,
            "referenced_message": known.payload() if known else None,
        }

    def _pressable(self, user, guild):
        seen = [
            one for one in self._all() if one.ours and (self._sees(user, one) or one in self.public)
        ]
        return sorted(
            (one for one in seen if one.channel.guild == guild or not guild), key=lambda one: one.id
        )

    def _place(self, user, context, guild, kind):
        if context == IN_GUILD:
            return self.room(guild)
        if context == IN_PRIVATE:
            return self.elsewhere(user, GROUP if kind is None else kind)
        return self.dm(user)

    def _command(self, name):
        """Return a command, what of it takes the options, and the subcommands on the way."""
        first, *rest = name.removeprefix("/").split()
        found = [one for one in self.commands if one["name"] == first]
        assert found, f"/{first} is not synced: {[one['name'] for one in self.commands]}"
        leaf, path = found[0], []
        for part in rest:
            inner = [one for one in leaf.get("options", ()) if one["name"] == part]
            assert inner, f"/{name}: no {part}"
            leaf = inner[0]
            path.append(leaf)
        inner = [one["name"] for one in leaf.get("options", ()) if one["type"] in SUBCOMMANDS]
        assert not inner, f"/{name} is called with one of {inner}"
        return found[0], leaf, path

    def _allowed(self, command, context, where):
        contexts = command.get("contexts")
        assert contexts is None or context in contexts, f"{command['name']} is not offered there"
        needed = command.get("default_member_permissions")
        if context == IN_GUILD and needed is not None:
            given = where.get("permissions", 0)
            enough = given & ADMINISTRATOR or (int(needed) and given & int(needed) == int(needed))
            assert enough, f"{command['name']} is not offered to them"

    def _command_data(self, command, path, given):
        options = given
        for part in reversed(path):
            options = [{"name": part["name"], "type": part["type"], "options": options}]
        told = {"id": command["id"], "name": command["name"], "type": command.get("type", 1)}
        return told | ({"options": options} if options else {})

    def _interacts(self, kind, user, channel, data, *, source=None, **where):
        interaction = Interaction(
            id=self.new_id(),
            kind=kind,
            user=user,
            channel=channel,
            at=self.now,
            data=data,
            source=source,
        )
        self.interactions[interaction.id] = interaction
        payload = self._payload(interaction, **where)
        self.dispatch(interaction.id, "INTERACTION_CREATE", payload, channel=channel)
        return interaction.id

    def _payload(
        self,
        interaction,
        *,
        locale="en-US",
        guild_locale=None,
        permissions=0,
        context=None,
        roles=(),
    ):
        channel, user = interaction.channel, interaction.user
        if context is None:
            context = IN_GUILD if channel.guild else IN_DM if channel.ours else IN_PRIVATE
        told = {
            "id": str(interaction.id),
            "application_id": str(APPLICATION_ID),
            "type": interaction.kind,
            "data": interaction.data,
            "channel": channel.payload(),
            "channel_id": str(channel.id),
            "token": interaction.token,
            "version": 1,
            "locale": locale,
            "context": context,
            "app_permissions": "2147483647" if channel.ours else "0",
            "authorizing_integration_owners": _owners(channel, user),
            "entitlements": [],
            "attachment_size_limit": 10485760,
        }
        if channel.guild:
            told |= _in_guild(channel.guild, user, guild_locale or "en-US", permissions, roles)
        else:
            told["user"] = person(user)
        if interaction.source:
            told["message"] = interaction.source.payload()
        return told


def _split(given):
    """Return where somebody does something, and the options they give a command."""
    known = ("locale", "guild_locale", "permissions", "guild")
    where = {name: value for name, value in given.items() if name in known}
    return where, {name: value for name, value in given.items() if name not in known}


def _context(context, guild):
    if context is None:
        return IN_GUILD if guild else IN_DM
    assert (context == IN_GUILD) == bool(guild), "a server is where context 0 is"
    return context


def _given(leaf, options, *, whole=True):
    known = {one["name"]: one for one in leaf.get("options", ())}
    assert set(options) <= set(known), f"{leaf['name']} takes {list(known)}, not {list(options)}"
    needed = {name for name, one in known.items() if one.get("required")}
    assert not whole or needed <= set(options), f"{leaf['name']} needs {needed}"
    given = []
    for name, value in options.items():
        asked = known[name]
        assert isinstance(value, OPTIONS[asked["type"]]), f"{name} is no {asked['type']}: {value!r}"
        taken = [choice["value"] for choice in asked.get("choices") or ()]
        assert not taken or value in taken, f"{name} is one of {taken}"
        given.append({"name": name, "type": asked["type"], "value": value})
    return given


def _filled(form, texts):
    assert set(texts) <= {one["custom_id"] for one in form.inputs}, "the form has no such field"
    rows = []
    for number, field in enumerate(form.inputs):
        text = texts.get(field["custom_id"], field.get("value") or "")
        least = field.get("min_length") or (1 if field.get("required", True) else 0)
        assert least <= len(text) <= (field.get("max_length") or 4000), "the form refuses that"
        told = {"type": 4, "id": number * 2 + 2, "custom_id": field["custom_id"], "value": text}
        row = {"id": number * 2 + 1}
        if any(one.get("component") is field for one in form.components):
            rows.append(row | {"type": 18, "component": told})
        else:
            rows.append(row | {"type": 1, "components": [told]})
    return rows


def _owners(channel, user):
    if not channel.ours:
        return {"1": str(user)}
    return {"0": str(channel.guild)} if channel.guild else {"0": "0"}


def _in_guild(guild, user, locale, permissions, roles):
    member = {
        "user": person(user),
        "roles": [str(role) for role in roles],
        "nick": None,
        "avatar": None,
        "joined_at": stamp(1_700_000_000),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "permissions": str(permissions),
    }
    return {
        "guild_id": str(guild),
        "guild_locale": locale,
        "guild": {"id": str(guild), "locale": locale, "features": []},
        "member": member,
    }
