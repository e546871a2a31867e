using System.Buffers.Binary;
using RaftAkka.Protocol;

namespace RaftAkka.Fuzzing.Targets;

/// <summary>Records of entries as they come from the network and from the disk.</summary>
internal sealed class EntryTarget() : FuzzTarget("entries")
{
    public override IEnumerable<byte[]> Seeds() =>
        Enum.GetValues<EntryKind>()
            .Select((kind, at) => LogEntry.Create(new(new(1), new(at + 1)), kind, Batch()).Record.ToArray());

    /// <summary>A batch of two commands.</summary>
    public static byte[] Batch() => CommandBatch.Encode(
        CommandBatchTarget.Session, new SequenceNumber(0),
        [new Command(new(1), new byte[] { 1 }), new Command(new(2), new byte[] { 2, 3 })]);

    protected override void Decode(byte[] input)
    {
        Checksums.RepairRecords(input);
        if (!LogSlice.TryDecode(input, out var slice)) return;

        var again = new byte[slice.RecordBytes];
        slice.CopyRecordsTo(again);
        SameBytes(input, again);
    }
}

/// <summary>Batches of commands.</summary>
internal sealed class CommandBatchTarget() : FuzzTarget("batches")
{
    public static SessionId Session { get; } = new(42);

    public override IEnumerable<byte[]> Seeds() => [EntryTarget.Batch(), CommandBatch.Encode(Session, new(0), [])];

    protected override void Decode(byte[] input)
    {
        if (!CommandBatch.TryDecode(input, out var batch)) return;
        if (batch.Commands.Count != batch.Count) throw new FuzzFailureException("batches: the count differs from the commands");
    }
}

/// <summary>Ticks of the cluster's clock.</summary>
internal sealed class ClockTickTarget() : FuzzTarget("clock")
{
    public override IEnumerable<byte[]> Seeds() =>
    [
        ClockTick.Encode(TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(5), []),
        ClockTick.Encode(TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(5), [new LogIndex(42)]),
    ];

    protected override void Decode(byte[] input)
    {
        if (!ClockTick.TryDecode(input, out var tick)) return;

        var once = ClockTick.Encode(tick.Time, tick.SessionTimeout, tick.Renewed);
        if (!ClockTick.TryDecode(once, out var again)) throw new FuzzFailureException("clock: refuses its own encoding");
        SameBytes(once, ClockTick.Encode(again.Time, again.SessionTimeout, again.Renewed));
    }
}

/// <summary>Configurations.</summary>
internal sealed class ConfigurationTarget() : FuzzTarget("configurations")
{
    public override IEnumerable<byte[]> Seeds() =>
    [
        ConfigurationCodec.Encode(Configuration.Of(
            [new(new("n1"), "192.0.2.1:4051", Disk: new(9)), new(new("n2"), "[::1]:4051", MemberRole.Learner)], [new("n0")])),
        ConfigurationCodec.Encode(Configuration.Empty),
    ];

    protected override void Decode(byte[] input)
    {
        if (!ConfigurationCodec.TryDecode(input, out var configuration)) return;

        var once = ConfigurationCodec.Encode(configuration);
        if (!ConfigurationCodec.TryDecode(once, out var again))
            throw new FuzzFailureException("configurations: refuses its own encoding");
        SameBytes(once, ConfigurationCodec.Encode(again));
    }
}

/// <summary>
/// Mutation breaks every checksum, so a fuzzer would never get past one. The targets put them right first: what is behind
/// a checksum has to bear any bytes, too, for a peer computes it as easily as we do.
/// </summary>
internal static class Checksums
{
    /// <summary>Repairs the records that fill a span, as far as their lengths make sense.</summary>
    public static void RepairRecords(Span<byte> records)
    {
        while (records.Length >= RecordCodec.HeaderBytes)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(records);
            if (length < RecordCodec.HeaderBytes || length > records.Length) return;

            var record = records[..(int)length];
            BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Crc32C.Compute(record[..4], record[8..]));
            records = records[(int)length..];
        }
    }
}
