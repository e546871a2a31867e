using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Tests.Server.Cast;

/// <summary>Logs written as the paper draws them: the terms of their entries, from index 1 on.</summary>
internal static class Logs
{
    public static EntryId Id(int index, int term) => new(new Term(term), new LogIndex(index));

    public static LogIndex At(int index) => new(index);

    public static StoredSnapshot Snapshot(int index, int term, int bytes = 1000) =>
        new(new SnapshotHead(Id(index, term), ReadOnlyMemory<byte>.Empty), bytes, (uint)index);

    public static LogSlice Entries(int from, params int[] terms) =>
        LogSlice.Of([.. terms.Select((term, i) => LogEntry.Create(Id(from + i, term), EntryKind.NoOp, []))]);

    /// <summary>One entry with a client's command.</summary>
    public static LogEntry Entry(int index, int term, string command) => LogEntry.Create(
        Id(index, term), EntryKind.Commands,
        CommandBatch.Encode(
            new SessionId(1, default), default, [new(new SequenceNumber(1), System.Text.Encoding.ASCII.GetBytes(command))]));

    /// <summary>An entry that says who belongs to the cluster.</summary>
    public static LogEntry OfMembers(int index, int term, Configuration members) =>
        LogEntry.Create(Id(index, term), EntryKind.Configuration, ConfigurationCodec.Encode(members));

    /// <summary>Servers that vote, by name; <c>+</c> and <c>~</c> mark learners and replicas.</summary>
    public static Configuration Members(string names) => Configuration.Of(MembersOf(names));

    /// <summary>A configuration half-way between two.</summary>
    public static Configuration Joint(string members, string outgoing) =>
        Configuration.Of(MembersOf(members), MembersOf(outgoing), []);

    public static IEnumerable<EntryId> Ids(this LogSlice entries) => entries.Select(entry => entry.Id);

    public static string Text(this LogEntry entry) => System.Text.Encoding.ASCII.GetString(entry.Payload.Span);

    private static IEnumerable<Member> MembersOf(string names) => names.Split(' ').Select(name => name[^1] switch
    {
        '+' => new Member(new ServerId(name[..^1]), $"{name[..^1]}:4053", MemberRole.Learner),
        '~' => new Member(new ServerId(name[..^1]), $"{name[..^1]}:4053", MemberRole.Replica),
        _ => new Member(new ServerId(name), $"{name}:4053"),
    });
}
