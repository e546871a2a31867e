using System.Text;
using Xunit;

namespace RaftAkka.Protocol.Tests.Sessions;

/// <summary>A session is its client's alone: the index says which is meant, and the token that it is the client's.</summary>
public sealed class SessionTokenTests
{
    private static readonly SessionToken Secret = new(0x1122334455667788, 0x99AABBCCDDEEFF00);
    private static readonly SessionToken Other = new(0x1122334455667788, 0x99AABBCCDDEEFF01);

    private readonly SessionTable _table = new();
    private readonly Echo _machine = new();

    [Fact]
    public void Without_its_token_a_session_gives_no_results_takes_no_commands_and_no_acknowledgements()
    {
        var ann = _table.Register(new LogIndex(7), Secret, "10.0.0.1");
        Send(ann, 0, 1, "ann");

        foreach (var thief in (SessionId[])[new(7), new(7, Other), new(7, new SessionToken(0, Secret.Low))])
        {
            Assert.Equal((CommandStatus.SessionExpired, ""), Send(thief, 0, 1, "stolen"));
            Assert.Equal((CommandStatus.SessionExpired, ""), Send(thief, 1 << 20, (1 << 20) + 1, "stolen"));
            Assert.False(_table.Contains(thief));
            _table.Close(thief);
        }

        Assert.Equal((CommandStatus.Done, "ann"), Send(ann, 0, 1, "again"));
        Assert.Equal(["ann"], _machine.Applied);
    }

    [Fact]
    public void A_cluster_set_up_anew_takes_an_old_clients_session_for_nobody_elses()
    {
        var old = new SessionTable().Register(new LogIndex(2), Secret, "10.0.0.1");
        var young = _table.Register(new LogIndex(2), Other, "10.0.0.1");

        Assert.Equal((CommandStatus.SessionExpired, ""), Send(old, 50, 51, "of the old client"));

        Assert.Equal((CommandStatus.Done, "young"), Send(young, 0, 1, "young"));
    }

    // A copy of a registration that comes late must not bring back a session whose commands were applied: they could be
    // applied again.
    [Fact]
    public void The_same_registration_twice_makes_two_sessions()
    {
        var first = _table.Register(new LogIndex(7), Secret, "10.0.0.1");
        Send(first, 0, 1, "once");
        _table.Close(first);
        var second = _table.Register(new LogIndex(9), Secret, "10.0.0.1");

        Assert.NotEqual(first, second);
        Assert.Equal((CommandStatus.SessionExpired, ""), Send(first, 0, 1, "once"));
        Assert.Equal(["once"], _machine.Applied);
    }

    [Fact]
    public void A_closed_session_leaves_nothing_behind_and_closing_it_again_changes_nothing()
    {
        var empty = Bytes();
        var ann = _table.Register(new LogIndex(7), Secret, "10.0.0.1");
        Send(ann, 0, 1, "ann");

        _table.Close(ann);
        _table.Close(ann);

        Assert.Equal(0, _table.Count);
        Assert.Equal(empty, Bytes());
    }

    [Fact]
    public void Neither_a_session_nor_what_carries_it_prints_its_token()
    {
        object[] all = [
            Secret, new SessionId(7, Secret), new SessionOpening(Secret, "h"), new SessionClosing(new(7, Secret)),
            new RegisterSession(1, Secret), new KeepAlive(new(7, Secret)), new DisconnectClient(new(7, Secret)),
            new SendCommands(1, CommandBatch.Encode(new(7, Secret), default, [new(new(1), default)])),
            new CommittedCommand(new(9), new(7, Secret), new(1), default)];

        foreach (var one in all)
        {
            var text = one.ToString()!.Replace("-", "", StringComparison.Ordinal);
            foreach (var half in (ulong[])[Secret.High, Secret.Low])
            {
                Assert.DoesNotContain(half.ToString("x", null), text, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain($"{half}", text, StringComparison.Ordinal);
            }
        }

        Assert.Equal("7", new SessionId(7, Secret).ToString());
    }

    [Fact]
    public void Entries_that_open_and_close_a_session_have_these_bytes()
    {
        Assert.Equal("01" + "8877665544332211" + "00FFEEDDCCBBAA99" + "68312E6C616E",
            Convert.ToHexString(new SessionOpening(Secret, "h1.lan").Encode()));
        Assert.Equal("01" + "0700000000000000" + "8877665544332211" + "00FFEEDDCCBBAA99",
            Convert.ToHexString(new SessionClosing(new(7, Secret)).Encode()));
    }

    [Fact]
    public void Entries_that_open_and_close_a_session_come_back_as_they_were()
    {
        Assert.True(SessionOpening.TryDecode(new SessionOpening(Secret, "h1.lan").Encode(), out var opening));
        Assert.Equal(new SessionOpening(Secret, "h1.lan"), opening);
        Assert.True(SessionClosing.TryDecode(new SessionClosing(new(7, Secret)).Encode(), out var closing));
        Assert.Equal(new SessionClosing(new(7, Secret)), closing);

        // A host's name comes from outside; what none can be counts as none.
        foreach (var owner in (string[])["a b", "h\n1", "hé", new string('h', 254)])
        {
            Assert.True(SessionOpening.TryDecode(new SessionOpening(Secret, owner).Encode(), out opening));
            Assert.Equal("", opening.Owner);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("02" + "0100000000000000" + "0100000000000000")]
    [InlineData("01" + "0100000000000000" + "01000000000000")]
    [InlineData("01" + "0000000000000000" + "0000000000000000")]
    [InlineData("01" + "0100000000000000" + "0100000000000000" + "20")]
    [InlineData("01" + "0100000000000000" + "0100000000000000" + "E9")]
    public void What_opens_no_session_is_not_read(string hex) =>
        Assert.False(SessionOpening.TryDecode(Convert.FromHexString(hex), out _));

    [Fact]
    public void An_owner_longer_than_a_host_name_is_not_read()
    {
        var bytes = (byte[])[.. new SessionOpening(Secret, new string('h', 253)).Encode(), (byte)'h'];

        Assert.True(SessionOpening.TryDecode(bytes.AsSpan(0, bytes.Length - 1), out _));
        Assert.False(SessionOpening.TryDecode(bytes, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("02" + "0700000000000000" + "0100000000000000" + "0100000000000000")]
    [InlineData("01" + "0000000000000000" + "0100000000000000" + "0100000000000000")]
    [InlineData("01" + "FFFFFFFFFFFFFFFF" + "0100000000000000" + "0100000000000000")]
    [InlineData("01" + "0700000000000000" + "0000000000000000" + "0000000000000000")]
    [InlineData("01" + "0700000000000000" + "0100000000000000" + "0100000000000000" + "00")]
    public void What_closes_no_session_is_not_read(string hex) =>
        Assert.False(SessionClosing.TryDecode(Convert.FromHexString(hex), out _));

    [Fact]
    public void A_batch_with_a_token_has_these_bytes_and_comes_back()
    {
        var bytes = Batch(new SessionId(7, Secret), 2, (3, "ab"));

        Assert.Equal(
            "02" + "0700000000000000" + "0200000000000000" + "01000000" + "8877665544332211" + "00FFEEDDCCBBAA99"
                + "0300000000000000" + "02000000" + "6162",
            Convert.ToHexString(bytes));
        Assert.Equal(CommandBatch.HeaderBytes + CommandBatch.CommandHeaderBytes + 2, bytes.Length);
        Assert.True(CommandBatch.TryDecode(bytes, out var batch));
        Assert.Equal(new SessionId(7, Secret), batch.Session);
        Assert.Equal("ab", Encoding.ASCII.GetString(Assert.Single(batch.Commands).Body.Span));
        for (var length = 0; length < bytes.Length; length++)
            Assert.False(CommandBatch.TryDecode(bytes.AsMemory(0, length), out _));
    }

    [Fact]
    public void A_batch_of_the_version_with_a_token_has_one()
    {
        var bytes = Batch(new SessionId(7, Secret), 2, (3, "ab"));
        bytes.AsSpan(21, 16).Clear();

        Assert.False(CommandBatch.TryDecode(bytes, out _));
    }

    // A client sends only what it has no result of, so it cannot have acknowledged everything that it sends.
    [Theory]
    [InlineData(3, false)]
    [InlineData(1L << 50, false)]
    [InlineData(2, true)]
    [InlineData(0, true)]
    public void A_batch_that_acknowledges_more_than_its_client_can_have_is_refused(long acknowledged, bool isRead) =>
        Assert.Equal(isRead,
            CommandBatch.TryDecode(Batch(new SessionId(7, Secret), acknowledged, (3, "ab"), (1, "c")), out _));

    private (CommandStatus Status, string Text) Send(SessionId session, long acknowledged, long sequence, string body)
    {
        Assert.True(CommandBatch.TryDecode(Batch(session, acknowledged, (sequence, body)), out var batch));
        var result = Assert.Single(_table.Execute(new LogIndex(100), batch, _machine));
        return (result.Status, Encoding.ASCII.GetString(result.Result.Span));
    }

    private static byte[] Batch(SessionId session, long acknowledged, params (long Sequence, string Body)[] commands) =>
        CommandBatch.Encode(session, new SequenceNumber(acknowledged), [.. commands.Select(
            command => new Command(new SequenceNumber(command.Sequence), Encoding.ASCII.GetBytes(command.Body)))]);

    private byte[] Bytes()
    {
        using var capture = _table.Capture();
        var stream = new MemoryStream();
        capture.WriteTo(stream);
        return stream.ToArray();
    }

    private sealed class Echo : IStateMachine
    {
        public List<string> Applied { get; } = [];

        public ReadOnlyMemory<byte> Apply(in CommittedCommand command)
        {
            Applied.Add(Encoding.ASCII.GetString(command.Body.Span));
            return command.Body.ToArray();
        }

        public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query) => default;

        public ISnapshotSource CaptureSnapshot() => throw new NotSupportedException();

        public void Restore(Stream snapshot) => throw new NotSupportedException();
    }
}
