using RaftAkka.Protocol;

namespace RaftAkka.Tests.Server.Cast;

/// <summary>Messages between servers that cannot be, for every type of message; and any that can be written at all.</summary>
internal static class PeerLies
{
    private static readonly LogEntry[] Malformed =
    [
        Raw(EntryKind.Clock, [7]), Raw(EntryKind.Commands, [1, 2, 3]), Raw(EntryKind.Configuration, [9]),
        Raw(EntryKind.Configuration, ConfigurationCodec.Encode(Configuration.Empty)), Raw(EntryKind.NoOp, [1]),
        Raw(EntryKind.OpenSession, [1, 2]), Raw(EntryKind.CloseSession, [1, 2]),
        Raw(EntryKind.Configuration, ConfigurationCodec.Encode(Logs.Members("rogue"))),
    ];

    /// <summary>All types of messages between servers, found by their interface.</summary>
    public static readonly IReadOnlyList<Type> Types = [.. typeof(IPeerMessage).Assembly.GetTypes()
        .Where(type => type is { IsAbstract: false, IsInterface: false } && typeof(IPeerMessage).IsAssignableFrom(type))
        .OrderBy(type => type.Name, StringComparer.Ordinal)];

    /// <summary>
    /// For each type what cannot be in its fields, from a member, at a server whose last entry is 2@5, and committed. None
    /// where a message has no field that could contradict anything; its header still can.
    /// </summary>
    public static readonly IReadOnlyDictionary<Type, Func<MessageHeader, IEnumerable<IPeerMessage>>> Impossible =
        new Dictionary<Type, Func<MessageHeader, IEnumerable<IPeerMessage>>>
        {
            [typeof(AppendEntries)] = header =>
            [
                Append(header, Logs.Id(0, 3)), Append(header, Logs.Id(3, 0)), Append(header, Logs.Id(2, 4)),
                Append(header, Logs.Id(1, 4), Logs.Entries(2, 5)),
                Append(header, Logs.Id(1, 5), Logs.Entries(2, 6)), Append(header, Logs.Id(2, 5), Logs.Entries(4, 5)),
                Append(header, new EntryId(header.Term.Next, new LogIndex(3))),
                Append(header, Logs.Id(2, 5), Logs.Entries(3, (int)header.Term.Value + 1)),
                Append(header, new EntryId(new Term(5), new LogIndex(Headroom.IndexMax + 1))),
                .. Malformed.Select(entry => Append(header, Logs.Id(2, 5), LogSlice.Of(entry))),
            ],
            [typeof(AppendAccepted)] = header => [],
            [typeof(AppendRejected)] = header =>
            [
                new AppendRejected(header, Logs.Id(0, 3), default, default),
                new AppendRejected(header, Logs.Id(2, 5), Logs.Id(3, 0), default),
            ],
            [typeof(InstallSnapshot)] = header =>
            [
                Install(header, Logs.Id(9, 4)), Install(header, Logs.Id(2, 4)), Install(header, default), Install(header, Logs.Id(9, 0)),
                Install(header, new EntryId(header.Term.Next, new LogIndex(9))),
                Install(header, new EntryId(header.Term, new LogIndex(Headroom.SnapshotIndexMax + 1))),
                Install(header, new EntryId(header.Term, new LogIndex(9))) with { Offset = 999 },
                Install(header, new EntryId(header.Term, new LogIndex(9))) with { Offset = -1 },
                Install(header, new EntryId(header.Term, new LogIndex(9))) with { Chunk = Array.Empty<byte>() },
            ],
            [typeof(SnapshotChunkStored)] = header =>
            [
                new SnapshotChunkStored(header, default, 1),
                new SnapshotChunkStored(header, new EntryId(header.Term.Next, new LogIndex(2)), 1),
            ],
            [typeof(RequestVote)] = header =>
            [
                new RequestVote(header, new EntryId(header.Term, new LogIndex(9))),
                new RequestVote(header, Logs.Id(9, 0)) { IsTransfer = true },
            ],
            [typeof(RequestPreVote)] = header =>
            [
                new RequestPreVote(header, header.Term, Logs.Id(2, 5)), new RequestPreVote(header, header.Term.Next, Logs.Id(0, 3)),
                new RequestPreVote(header, header.Term.Next, new EntryId(header.Term.Next, new LogIndex(9))),
                new RequestPreVote(header, new Term(Headroom.TermMax + 1), Logs.Id(2, 5)),
            ],
            [typeof(PreVoteReply)] = header => [new PreVoteReply(header, new Term(Headroom.TermMax + 1), true)],
            [typeof(ReadIndexReply)] = header => [new ReadIndexReply(header, default, new LogIndex(Headroom.IndexMax + 1))],
            [typeof(ConfigurationReply)] = header =>
            [
                new ConfigurationReply(header, new LogIndex(0), Logs.Members("rogue")),
                new ConfigurationReply(header, new LogIndex(Headroom.IndexMax + 1), Logs.Members("rogue")),
                new ConfigurationReply(header, new LogIndex(9), Configuration.Empty),
            ],
            [typeof(DiskRefused)] = header => [new DiskRefused(header, AdmissionTests.SamsDisk)],   // Committed to be Sam's.
            [typeof(AskConfiguration)] = header => [],
            [typeof(AskReadIndex)] = header => [],
            [typeof(ReadIndexRefused)] = header => [],
            [typeof(RemovalNotice)] = header => [],
            [typeof(TimeoutNow)] = header => [],
            [typeof(VoteReply)] = header => [],
        };

    /// <summary>A message of a type with this header, and nothing in it that would be wrong by itself.</summary>
    public static IPeerMessage Plain(Type type, MessageHeader header) => type.Name switch
    {
        nameof(AppendEntries) => Append(header, Logs.Id(2, 5)),
        nameof(AppendAccepted) => new AppendAccepted(header, Logs.At(2), default),
        nameof(AppendRejected) => new AppendRejected(header, Logs.Id(2, 5), Logs.Id(2, 0), default),
        nameof(InstallSnapshot) => Install(header, new EntryId(new Term(Math.Min(header.Term.Value, 5)), Logs.At(9))),
        nameof(SnapshotChunkStored) => new SnapshotChunkStored(header, Logs.Id(2, 5), 1),
        nameof(RequestVote) => new RequestVote(header, Logs.Id(2, 5)) { IsTransfer = true },
        nameof(RequestPreVote) => new RequestPreVote(header, header.Term.Next, Logs.Id(2, 5)),
        nameof(PreVoteReply) => new PreVoteReply(header, header.Term.Next, true),
        nameof(ReadIndexReply) => new ReadIndexReply(header, default, Logs.At(2)),
        nameof(ConfigurationReply) => new ConfigurationReply(header, Logs.At(9), Logs.Members("rogue")),
        nameof(DiskRefused) => new DiskRefused(header, new DiskId(77)),
        nameof(AskConfiguration) => new AskConfiguration(header, default),
        nameof(AskReadIndex) => new AskReadIndex(header, default),
        nameof(ReadIndexRefused) => new ReadIndexRefused(header, default),
        nameof(RemovalNotice) => new RemovalNotice(header),
        nameof(TimeoutNow) => new TimeoutNow(header),
        nameof(VoteReply) => new VoteReply(header, true),
        _ => throw new ArgumentException($"write a plain {type.Name}, and what cannot be in it", nameof(type)),
    };

    /// <summary>Any message of a type: its numbers are small, so that many of them nearly fit.</summary>
    public static IPeerMessage Any(Type type, MessageHeader header, Random dice)
    {
        var id = Id();
        return type.Name switch
        {
            nameof(AppendEntries) => Append(header, id, AnyEntries(id, header.Term, dice)) with
            {
                LeaderCommit = Index(), Round = Round(), IsAnnouncement = Chance(4),
            },
            nameof(AppendAccepted) => new AppendAccepted(header, Index(), Round(), dice.Next(300)),
            nameof(AppendRejected) => new AppendRejected(header, id, Id(), Round(), dice.Next(300)),
            nameof(InstallSnapshot) => Install(header, id) with { Offset = dice.Next(-1, 4) },
            nameof(SnapshotChunkStored) => new SnapshotChunkStored(header, id, dice.Next(1100)),
            nameof(RequestVote) => new RequestVote(header, id) { IsTransfer = Chance(2) },
            nameof(RequestPreVote) => new RequestPreVote(header, Term(), id),
            nameof(PreVoteReply) => new PreVoteReply(header, Term(), Chance(2)),
            nameof(ReadIndexReply) => new ReadIndexReply(header, new ReadId(dice.Next(3)), Index()),
            nameof(ConfigurationReply) => new ConfigurationReply(header, Index(), Logs.Members("ann bea rogue")),
            nameof(VoteReply) => new VoteReply(header, Chance(2)),
            _ => Plain(type, header),
        };

        bool Chance(int oneIn) => dice.Next(oneIn) == 0;
        Term Term() => new(header.Term.Value + dice.Next(-2, 3));
        LogIndex Index() => new(dice.Next(12));
        ReadRound Round() => new(dice.Next(4));
        EntryId Id() => dice.Next(8) == 0
            ? default
            : new EntryId(new Term(Math.Max(0, header.Term.Value - dice.Next(3))), new LogIndex(dice.Next(12)));
    }

    private static LogSlice AnyEntries(EntryId previous, Term term, Random dice)
    {
        var entries = new LogEntry[dice.Next(4)];
        for (var i = 0; i < entries.Length; i++)
        {
            var id = new EntryId(dice.Next(3) == 0 ? term : previous.Term, previous.Index + i + 1);
            if (i > 0 && id.Term < entries[i - 1].Term) id = id with { Term = entries[i - 1].Term };
            entries[i] = dice.Next(4) switch
            {
                0 => Logs.OfMembers((int)id.Index.Value, (int)id.Term.Value, Logs.Members("ann bea cid sam")),
                1 when dice.Next(2) == 0 => Malformed[dice.Next(Malformed.Length)] is var bad
                    ? LogEntry.Create(id, bad.Kind, bad.Payload.Span) : null!,
                2 => Logs.Entry((int)id.Index.Value, (int)id.Term.Value, "put"),
                _ => LogEntry.Create(id, EntryKind.NoOp, []),
            };
        }

        return LogSlice.Of(entries);
    }

    private static LogEntry Raw(EntryKind kind, byte[] payload) => LogEntry.Create(Logs.Id(3, 5), kind, payload);

    private static AppendEntries Append(MessageHeader header, EntryId previous, LogSlice? entries = null) =>
        new(header, previous, entries ?? LogSlice.Empty, Logs.At(2), ReadRound.None);

    private static InstallSnapshot Install(MessageHeader header, EntryId last) =>
        new(header, last, 1000, 9, 0, new byte[] { 1, 2, 3 });
}
