using Xunit;

namespace RaftAkka.Protocol.Tests.Rules;

public sealed class EntryRuleTests
{
    private static readonly EntryId Id = new(new Term(5), new LogIndex(3));

    [Theory]
    [InlineData(EntryKind.Commands, "010203")]
    [InlineData(EntryKind.Clock, "07")]
    [InlineData(EntryKind.Configuration, "09")]
    [InlineData(EntryKind.Configuration, "010000000000000000")]   // Nobody votes.
    [InlineData(EntryKind.NoOp, "01")]
    public void A_payload_that_is_none_of_its_kind_is_named(EntryKind kind, string payload)
    {
        var problem = EntryRule.Problem(LogEntry.Create(Id, kind, Convert.FromHexString(payload)));

        Assert.Contains("3@5", problem, StringComparison.Ordinal);
        Assert.Contains($"{kind}", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_this_release_writes_is_sound()
    {
        var members = Configuration.Of([new Member(new ServerId("a"), "a:1")]);
        LogEntry[] entries =
            [
                LogEntry.Create(Id, EntryKind.NoOp, []),
                LogEntry.Create(Id, EntryKind.Commands, CommandBatch.Encode(new SessionId(1, default), default, [])),
                LogEntry.Create(Id, EntryKind.Configuration, ConfigurationCodec.Encode(members)),
                LogEntry.Create(Id, EntryKind.Clock, ClockTick.Encode(TimeSpan.Zero, TimeSpan.FromSeconds(1), [])),
                LogEntry.Create(Id, EntryKind.OpenSession, new SessionOpening(new SessionToken(1, 2), "host").Encode()),
                LogEntry.Create(Id, EntryKind.CloseSession, new SessionClosing(new SessionId(1, new SessionToken(1, 2))).Encode()),
                LogEntry.Create(Id, EntryKind.RegisterSession, [1]),
                LogEntry.Create(Id, EntryKind.Queries, [1]),
            ];

        Assert.All(entries, entry => Assert.Null(EntryRule.Problem(entry)));
        Assert.Equal(Enum.GetValues<EntryKind>(), entries.Select(entry => entry.Kind).Order());
    }
}
