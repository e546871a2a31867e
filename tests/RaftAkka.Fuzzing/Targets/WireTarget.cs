using RaftAkka.Protocol;
using RaftAkka.Wire;

namespace RaftAkka.Fuzzing.Targets;

/// <summary>Messages of every kind: the first byte selects the manifest.</summary>
internal sealed class WireTarget() : FuzzTarget("wire")
{
    private static readonly string[] Names =
    [
        .. typeof(IPeerMessage).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false, IsInterface: false }
                && (type.IsAssignableTo(typeof(IPeerMessage)) || type.IsAssignableTo(typeof(IClientRequest))
                    || type.IsAssignableTo(typeof(IClientReply))))
            .Select(type => Manifests.OfType(type)!)
            .Order(StringComparer.Ordinal),
    ];

    private static readonly MessageHeader Header = new(new("orders"), new("raft"), new("n1"), new(7)) { Disk = new(9) };

    private readonly RaftSerializer _serializer = new(null!);

    public override IEnumerable<byte[]> Seeds() => Messages().Select(Seed).Concat(Names.Select((_, i) => new[] { (byte)i }));

    protected override void Decode(byte[] input)
    {
        if (input.Length == 0) return;

        var manifest = Names[input[0] % Names.Length];
        object message;
        try
        {
            message = _serializer.FromBinary(input[1..], manifest);
        }
        catch (WireFormatException)
        {
            return;
        }

        var once = _serializer.ToBinary(message);
        SameBytes(once, _serializer.ToBinary(_serializer.FromBinary(once, manifest)));
    }

    private byte[] Seed(object message) =>
        [(byte)Array.IndexOf(Names, Manifests.Of(message)), .. _serializer.ToBinary(message)];

    private static IEnumerable<object> Messages()
    {
        var members = Configuration.Of([new(new("n1"), "192.0.2.1:4051", Disk: new(9)), new(new("n2"), "[::1]:4051")], [new("n0")]);
        var entry = LogEntry.Create(Id(7, 42), EntryKind.NoOp, []);
        var batch = EntryTarget.Batch();
        yield return new RequestVote(Header, Id(6, 41)) { IsTransfer = true };
        yield return new RequestPreVote(Header, new(8), Id(6, 41));
        yield return new AppendEntries(Header, Id(6, 41), LogSlice.Of(entry), new(40), new(9));
        yield return new AppendAccepted(Header, new(43), new(9), 250);
        yield return new AppendRejected(Header, Id(6, 41), Id(0, 12), new(9), 250);
        yield return new InstallSnapshot(Header, Id(6, 41), 123456, 0xfedcba98, 61440, new byte[] { 1, 2, 3 });
        yield return new SendCommands(2, batch);
        yield return new SendQueries(3, batch, ReadConsistency.Stale);
        yield return new BatchResults(2, [new CommandResult(new(1), CommandStatus.Done, new byte[] { 7, 8 })]);
        yield return new MembersReport(
            new("n1"), new ClusterView(new(7), new ServerId("n2"), [new(new("n1"), "192.0.2.1:4051")]), new(41), true, members,
            new(43), [new(new("n2"), new(42), null, 7)]);
    }

    private static EntryId Id(long term, long index) => new(new(term), new(index));
}
