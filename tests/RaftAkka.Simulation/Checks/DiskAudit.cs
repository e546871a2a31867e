using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Simulation.Disks;

namespace RaftAkka.Simulation.Checks;

/// <summary>
/// Looks whether what is committed really lies on a majority of disks: reads the bytes that a power loss now would
/// leave, and takes nobody's word for it. What a damaged disk had, its server must know; here it counts as there.
/// </summary>
internal sealed class DiskAudit(Violations violations, Func<ServerId, (SimulatedDisk Disk, bool IsDamaged)> diskOf)
{
    private const int EveryEntries = 16;

    public void OnCommitted(ServerId server, LogEntry entry, IReadOnlyList<Configuration> deciders)
    {
        if (entry.Index.Value % EveryEntries != 0) return;

        // No snapshot has it yet: it is being committed for the first time.
        var copies = deciders.SelectMany(members => members.Servers).Select(member => member.Id).Distinct()
            .Where(IsOnDisk).ToHashSet();
        violations.Require(deciders.Any(members => members.HasMajority(copies.Contains)),
            "what is committed is on a majority of disks",
            $"{server} applies {entry.Id}, which a power loss now would leave on the disks of "
            + $"{string.Join(' ', copies.Order())}, of {deciders[0]}");

        bool IsOnDisk(ServerId id)
        {
            var (disk, isDamaged) = diskOf(id);
            return isDamaged || StampAt(disk, entry.Index) == EntryStamp.Of(entry);
        }
    }

    // The journal's format, read by hand: every record in order, an entry replacing that of its index and all behind.
    private static EntryStamp? StampAt(SimulatedDisk disk, LogIndex index)
    {
        EntryStamp? stamp = null;
        foreach (var (name, file) in disk.DurableFiles)
        {
            if (!SegmentHeader.TryParseName(name, out _) || file.Durable.Length < SegmentHeader.Bytes) continue;
            ReadOnlyMemory<byte> rest = file.Durable.ToArray().AsMemory(SegmentHeader.Bytes);
            while (RecordCodec.TryReadHeader(rest.Span, out var header))
            {
                if (LogEntry.TryDecode(rest, out var entry) && entry.Index <= index)
                    stamp = entry.Index == index ? EntryStamp.Of(entry) : null;
                rest = rest[header.RecordBytes..];
            }
        }

        return stamp;
    }
}
