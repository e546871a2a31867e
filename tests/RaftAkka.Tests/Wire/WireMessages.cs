using RaftAkka.Protocol;

namespace RaftAkka.Tests.Wire;

/// <summary>
/// Every message that goes between systems: one fixed instance of each, and as many random ones as wanted.
/// </summary>
internal static class WireMessages
{
    private static readonly MessageHeader Header = new(new("orders"), new("raft"), new("node-1"), new(7));

    private static readonly ClusterView View = new(new(7), new ServerId("node-2"),
        [new(new("node-1"), "10.0.0.1:4053"), new(new("node-2"), "db.example:4053") { Role = MemberRole.Replica }])
    {
        MembersIndex = new(300),
    };

    private static readonly Configuration Members = Configuration.Of(
        [new(new("node-1"), "10.0.0.1:4053", Disk: new(9)), new(new("node-2"), "db.example:4053", MemberRole.Learner)],
        [new("node-0")]);

    /// <summary>All message types, found by their marker interfaces.</summary>
    public static readonly IReadOnlyList<Type> Types = typeof(IPeerMessage).Assembly.GetTypes()
        .Where(type => type is { IsAbstract: false, IsInterface: false } && IsMessage(type))
        .OrderBy(type => type.Name, StringComparer.Ordinal).ToArray();

    /// <summary>One instance of each message, whose bytes are held as golden ones.</summary>
    public static readonly IReadOnlyList<object> Golden =
    [
        new RequestVote(Header, Id(6, 41)) { IsTransfer = true },
        new VoteReply(Header, true),
        new RequestPreVote(Header, new(8), Id(6, 41)),
        new PreVoteReply(Header, new(8), true),
        new AppendEntries(Header, Id(6, 41), Entries(), new(40), new(9)) { IsAnnouncement = true },
        new AppendAccepted(Header, new(43), new(9), 250),
        new AppendRejected(Header, Id(6, 41), Id(0, 12), new(9), 250),
        new InstallSnapshot(Header, Id(6, 41), 123456, 0xfedcba98, 61440, new byte[] { 1, 2, 3 }),
        new SnapshotChunkStored(Header, Id(6, 41), 61443),
        new AskReadIndex(Header, new(300)),
        new ReadIndexReply(Header, new(300), new(42)),
        new ReadIndexRefused(Header, new(300)),
        new DiskRefused(Header with { Disk = new(0x1234_5678_9abc) }, new(77)),
        new RemovalNotice(Header),
        new TimeoutNow(Header),
        new AskConfiguration(Header, new(41)),
        new ConfigurationReply(Header, new(41), Members.WithRetiredAtMost(0)),
        new ConnectClient(new("orders"), new("raft"), "client-1"),
        new ClientConnected(new("node-1"), View, RecordCodec.PayloadBytesMax, 64),
        new ClientRefused(new("node-1"), "another cluster", true),
        new KeepAlive(new(42, new(7, 8))),
        new KeepAliveReply(View),
        new DisconnectClient(new(42, new(7, 8))),
        new RegisterSession(1, new(7, 8)),
        new SessionRegistered(1, new(42)),
        new SendCommands(2, Batch()),
        new SendQueries(3, Batch(), ReadConsistency.Stale),
        new BatchResults(2, [Result(1, CommandStatus.Done, 7, 8), Result(2, CommandStatus.SessionExpired)]),
        new BatchRefused(2, RefusalReason.NotLeader, View, "node-2 leads"),
        new AskStatus(new("orders"), new("raft")),
        new ServerStatus(new("node-1"), ServerRole.Follower, View, new(43), new(42), new(41))
        {
            SnapshotIndex = new(40), FirstIndex = new(31), Disk = DiskState.Full, Problems = ["no space"],
        },
        new TakeSnapshot(new("orders"), new("raft")),
        new SnapshotTaken(new("node-1"), new(41), "no space"),
        new OpenBackup(new("orders"), new("raft")),
        new BackupOpened(new("node-1"), Id(6, 41), 123456, 0xfedcba98),
        new ContinueBackup(61440),
        new BackupPart(61440, new byte[] { 1, 2, 3 }),
        new AskMembers(new("orders"), new("raft")),
        new MembersReport(new("node-1"), View, new(41), true, Members, new(43),
            [new(new("node-2"), new(42), null, 7), new(new("node-3"), new(0), 0, 1500)]),
        new ChangeMembership(new("orders"), new("raft"), 5,
        [
            new MemberChange.Add(new(new("node-4"), "10.0.0.4:4053", MemberRole.Learner, -1)),
            new MemberChange.Remove(new("node-1")), new MemberChange.SetRole(new("node-2"), MemberRole.Replica),
            new MemberChange.SetAddress(new("node-2"), "[::1]:4053"), new MemberChange.SetPriority(new("node-2"), 3),
        ]),
        new MembersChanged(5, new("node-2"), new(44), Members),
        new MembersNotChanged(5, MembershipRefusal.NoVoterLeft, "nobody would be left who votes", View),
        new HandOver(new("orders"), new("raft"), 6, new("node-2")),
        new HandedOver(6, new("node-2")),
        new NotHandedOver(6, "node-2 did not catch up", View),
    ];

    /// <summary>
    /// A random instance of a type, made from its constructor: no message can be forgotten.
    /// </summary>
    public static object Random(Type type, Random random)
    {
        if (type == typeof(AppendEntries)) return RandomAppend(random);
        if (type == typeof(InstallSnapshot)) return RandomInstall(random);
        if (type == typeof(BackupOpened)) return RandomBackup(random);
        if (type == typeof(BackupPart)) return new BackupPart(Number(random), new byte[random.Next(1, 400)]);
        if (type == typeof(ConnectClient)) return new ConnectClient(new(Name(random)), new(Name(random)), Name(random));
        return Value(type, random);
    }

    private static object Value(Type type, Random random) => Nullable.GetUnderlyingType(type) is { } inner
        ? random.Next(3) == 0 ? null! : Value(inner, random)
        : type switch
        {
            _ when type == typeof(bool) => random.Next(2) == 0,
            _ when type == typeof(int) => random.Next(5) == 0 ? 0 : random.Next(),
            _ when type == typeof(long) => Number(random),
            _ when type == typeof(ulong) => (ulong)random.NextInt64() << random.Next(2),
            _ when type == typeof(string) => Text(random),
            _ when type == typeof(MemberAddress) => new MemberAddress(new(Name(random)), Address(random))
            {
                Role = (MemberRole)random.Next(1, 4),
            },
            _ when type == typeof(MemberChange) => RandomChange(random),
            _ when type == typeof(MemberProgress) => new MemberProgress(
                new(Name(random)), new(Number(random)), random.Next(2) == 0 ? null : random.Next(101), Number(random)),
            _ when type == typeof(Configuration) => Members,
            _ when type == typeof(ServerId) => new ServerId(Name(random)),
            _ when type == typeof(ClusterId) => new ClusterId(Name(random)),
            _ when type == typeof(GroupName) => new GroupName(Name(random)),
            _ when type == typeof(ReadOnlyMemory<byte>) => new ReadOnlyMemory<byte>(Bytes(random)),
            _ when type.IsEnum => Enum.GetValues(type).GetValue(random.Next(Enum.GetValues(type).Length))!,
            _ when type.IsGenericType => List(type.GetGenericArguments()[0], random),
            _ => Made(type, random),
        };

    private static MemberChange RandomChange(Random random)
    {
        var id = new ServerId(Name(random));
        return random.Next(5) switch
        {
            0 => new MemberChange.Add(new(id, Address(random), (MemberRole)random.Next(1, 4), random.Next(-9, 9))),
            1 => new MemberChange.Remove(id),
            2 => new MemberChange.SetRole(id, (MemberRole)random.Next(1, 4)),
            3 => new MemberChange.SetAddress(id, Address(random)),
            _ => new MemberChange.SetPriority(id, random.Next(-9, 9)),
        };
    }

    private static object Made(Type type, Random random)
    {
        var constructor = type.GetConstructors().MaxBy(candidate => candidate.GetParameters().Length)!;
        return constructor.Invoke([.. constructor.GetParameters().Select(p => Value(p.ParameterType, random))]);
    }

    private static Array List(Type item, Random random)
    {
        var list = Array.CreateInstance(item, random.Next(8));
        for (var i = 0; i < list.Length; i++) list.SetValue(Value(item, random), i);
        return list;
    }

    private static AppendEntries RandomAppend(Random random)
    {
        var term = Number(random) / 2;
        var previous = Id(term, Number(random) / 2);
        var entries = new LogEntry[random.Next(6)];
        for (var i = 0; i < entries.Length; i++)
        {
            term += random.Next(2);
            var kind = (EntryKind)random.Next(1, 5);
            entries[i] = LogEntry.Create(new(new(term), previous.Index + (i + 1)), kind, Bytes(random));
        }

        var header = new MessageHeader(new(Name(random)), new(Name(random)), new(Name(random)), new(term))
        {
            Disk = new(Number(random)),
        };
        return new AppendEntries(header, previous, LogSlice.Of(entries), new(Number(random)), new(Number(random)))
        {
            IsAnnouncement = random.Next(2) == 0,
        };
    }

    private static InstallSnapshot RandomInstall(Random random)
    {
        var last = Id(Number(random) / 2 + 1, Number(random) / 2 + 1);
        var header = new MessageHeader(
            new(Name(random)), new(Name(random)), new(Name(random)), last.Term with { Value = last.Term.Value + random.Next(3) });
        var (offset, chunk) = (Number(random) / 2, new byte[random.Next(1, 400)]);
        random.NextBytes(chunk);
        var bytes = offset + chunk.Length + random.Next(2) * Number(random) / 4;
        return new InstallSnapshot(header, last, bytes, (uint)random.NextInt64(1L << random.Next(0, 33)), offset, chunk);
    }

    private static BackupOpened RandomBackup(Random random) => new(
        new(Name(random)), Id(Number(random) + 1, Number(random) + 1), Number(random) + 1,
        (uint)random.NextInt64(1L << random.Next(0, 33)));

    // Every length of a number's encoding, not only the longest one.
    private static long Number(Random random) => random.NextInt64(1L << random.Next(0, 60));

    private static string Name(Random random) =>
        new(random.GetItems("abcXYZ019.-_".AsSpan(), random.Next(1, 65)));

    private static string Address(Random random) => $"{Name(random)}:{random.Next(65536)}";

    private static string Text(Random random) =>
        string.Concat(random.GetItems(["a", " ", "\n", "é", "漢", "😀"], random.Next(30)));

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(4) == 0 ? 0 : random.Next(400)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static EntryId Id(long term, long index) => new(new(term), new(index));

    private static LogSlice Entries() => LogSlice.Of(
        LogEntry.Create(Id(6, 42), EntryKind.Commands, Batch()),
        LogEntry.Create(Id(7, 43), EntryKind.NoOp, []));

    private static byte[] Batch() => CommandBatch.Encode(
        new(42), new(0), [new(new(1), new byte[] { 1, 2, 3 }), new(new(2), new byte[] { 4 })]);

    private static CommandResult Result(long sequence, CommandStatus status, params byte[] result) =>
        new(new(sequence), status, result);

    private static bool IsMessage(Type type) =>
        new[] { typeof(IPeerMessage), typeof(IClientRequest), typeof(IClientReply) }
            .Any(marker => marker.IsAssignableFrom(type));
}
