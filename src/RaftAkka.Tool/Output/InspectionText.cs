using System.Globalization;
using RaftAkka.Operations;
using RaftAkka.Protocol;

namespace RaftAkka.Tool.Output;

/// <summary>What a data directory holds, for people.</summary>
internal static class InspectionText
{
    public static void Write(DataReport report, ToolConsole console)
    {
        switch (report.Verdict)
        {
            case DataVerdict.NotData:
                console.Error.WriteLine($"raftakka: {report.Directory} is no data directory of a raft server.");
                return;
            case DataVerdict.InUse:
                console.Error.WriteLine(
                    $"raftakka: {string.Join(' ', report.Damages)} Nothing was read, because it changes meanwhile. "
                    + "Stop the node, or ask it by 'raftakka status'.");
                return;
            case DataVerdict.Unreadable:
                console.Error.WriteLine($"raftakka: {report.Directory} cannot be read: {string.Join(' ', report.Damages)}");
                return;
        }

        var output = console.Out;
        output.WriteLine(Headline(report, console.UsesColour));
        output.WriteLine(report.Identity is { } identity
            ? $"server {identity.Server}, group {identity.Group}, cluster {identity.Cluster}"
            : "server unknown: no segment says");
        output.WriteLine($"members {report.Members?.ToString() ?? "as the server's file says: the log names none"}");
        output.WriteLine($"term {report.HardState.Term}, vote {report.HardState.Vote?.Value ?? "none"}");
        output.WriteLine($"last {At(report.Last)}");
        output.WriteLine(report.LogLast == report.Base
            ? $"log empty, begins behind {At(report.Base)}"
            : $"log {report.Base.Index.Next} to {report.LogLast.Index}, begins behind {At(report.Base)}, "
                + $"ends with {At(report.LogLast)}");
        if (report.SnapshotBeyondLog is { } snapshot)
            output.WriteLine($"a start goes on from the snapshot of {At(snapshot)}, which the log does not hold, and drops the log");
        Tables(report, console);
        foreach (var leftover in report.Leftovers) output.WriteLine($"left over: {leftover}");
        foreach (var damage in report.Damages) output.WriteLine($"DAMAGE: {damage}");
    }

    private static string Headline(DataReport report, bool colours)
    {
        var (word, colour) = report.Verdict == DataVerdict.Sound ? ("SOUND", Colours.Good) : ("DAMAGED", Colours.Bad);
        return colours ? $"{colour}{word}{Colours.Off}  {report.Directory}" : $"{word}  {report.Directory}";
    }

    private static void Tables(DataReport report, ToolConsole console)
    {
        if (report.Segments.Count > 0)
        {
            var table = new Table("SEGMENT", "BYTES", "FIRST", "LAST", "TERMS");
            foreach (var segment in report.Segments)
                table.Add(
                    null, segment.Name, Number(segment.Bytes), Index(segment.First), Index(segment.Last), Terms(segment));
            table.Write(console.Out, console.UsesColour);
        }

        if (report.Snapshots.Count == 0) return;
        var snapshots = new Table("SNAPSHOT", "BYTES", "LAST", "TERM", "CHECKSUM");
        foreach (var snapshot in report.Snapshots)
            snapshots.Add(
                snapshot.IsSound ? null : Colours.Bad, snapshot.Name, Number(snapshot.Bytes),
                snapshot.Last.Index.ToString(), snapshot.Last.Term.ToString(), snapshot.IsSound ? "ok" : "DAMAGED");
        snapshots.Write(console.Out, console.UsesColour);
    }

    private static string Terms(SegmentReport segment) =>
        segment.First is not { } first ? "-"
        : first.Term == segment.Last!.Value.Term ? first.Term.ToString()
        : $"{first.Term} to {segment.Last!.Value.Term}";

    private static string Index(EntryId? entry) => entry?.Index.ToString() ?? "-";

    private static string At(EntryId entry) =>
        entry == EntryId.Zero ? "nothing" : $"entry {entry.Index} of term {entry.Term}";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
