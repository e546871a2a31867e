using System.Buffers.Binary;
using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Fuzzing.Targets;

/// <summary>The only segment of a log, as a server finds it at its start.</summary>
internal sealed class SegmentTarget() : FuzzTarget("segments")
{
    private const int SegmentBytes = 4096;
    private const int HeaderBytes = 512;

    private static readonly LogIdentity Identity = new(new("orders"), new("raft"), new("n1"));
    private static readonly LogSettings Settings = new() { SegmentBytes = SegmentBytes, TailBytesMax = SegmentBytes };

    public override IEnumerable<byte[]> Seeds()
    {
        var disk = new InputDisk();
        using (var journal = Journal.Open(disk, Identity, Settings, new DiskId(9)))
        {
            yield return First(disk);

            journal.Append(new HardState(new(1), new("n2")));
            journal.Append(LogEntry.Create(new(new(1), new(1)), EntryKind.NoOp, []));
            journal.Append(LogEntry.Create(new(new(1), new(2)), EntryKind.Commands, EntryTarget.Batch()));
            journal.Sync();
            journal.Mark();
        }

        yield return First(disk);
    }

    protected override void Decode(byte[] input)
    {
        if (input.Length > 4 * SegmentBytes) return;

        RepairHeader(input);
        if (input.Length > HeaderBytes) Checksums.RepairRecords(input.AsSpan(HeaderBytes));
        var disk = new InputDisk();
        disk.Add("00000001.seg", input);
        try
        {
            using (Journal.Open(disk, Identity, Settings)) { }
            using (Journal.Open(disk, Identity, Settings)) { }   // What was recovered once is sound.
        }
        catch (UnusableLogException)
        {
            return;
        }
    }

    private static void RepairHeader(byte[] input)
    {
        if (input.Length < HeaderBytes) return;

        var header = input.AsSpan(0, HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], Crc32C.Compute(header[..12], header[16..]));
    }

    private static byte[] First(InputDisk disk)
    {
        var file = disk.Open("00000001.seg");
        var bytes = new byte[file.Length];
        file.Read(0, bytes);
        return bytes;
    }
}
