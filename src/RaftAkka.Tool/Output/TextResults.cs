using System.Text;
using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cluster;

namespace RaftAkka.Tool.Output;

/// <summary>
/// Results for people. Only what was asked for goes to standard output; a value goes there byte for byte.
/// </summary>
/// <param name="console">Where to.</param>
/// <param name="valueEndsLine">Whether a value gets a line of its own, which its bytes alone would not end.</param>
internal sealed class TextResults(ToolConsole console, bool valueEndsLine) : Results
{
    // A write to standard output for so many characters of a list, rather than for each line.
    private const int ListBufferLength = 32 * 1024;

    public override void Put(ReadOnlyMemory<byte> key, long revision) => Say($"ok, revision {revision}");

    public override void Got(StoredEntry entry)
    {
        console.WriteBytes(entry.Value.Span);
        if (valueEndsLine) console.WriteBytes("\n"u8);
    }

    public override void Deleted(ReadOnlyMemory<byte> key, long revision) => Say($"ok, revision {revision}");

    public override void Swapped(ReadOnlyMemory<byte> key, long revision) => Say($"ok, revision {revision}");

    public override async Task ListedAsync(ReadOnlyMemory<byte> prefix, IAsyncEnumerable<StoredEntry> entries)
    {
        var count = 0L;
        var lines = new StringBuilder();
        try
        {
            await foreach (var entry in entries)
            {
                lines.Append(Readable.Line(entry.Key.Span)).Append('\t').Append(Readable.Line(entry.Value.Span)).Append('\n');
                count++;
                if (lines.Length >= ListBufferLength) WriteOut(lines);
            }
        }
        finally
        {
            WriteOut(lines);
        }

        Say(count == 1 ? "1 key" : $"{count} keys");
    }

    private void WriteOut(StringBuilder lines)
    {
        console.Out.Write(lines);
        lines.Clear();
    }

    public override void Status(ClusterReport report) => StatusTable.Write(report, console.Out, console.UsesColour);

    public override void Members(ClusterMembers members) => MemberTable.Write(members, console.Out, console.UsesColour);

    public override void Transferred(ServerId leader) => Say($"ok, {leader} leads");

    public override void Snapshot(string server, long index, bool wasThere) => Say(wasThere
        ? $"nothing to do: {server} has a snapshot of everything up to index {index} already, and has applied nothing since"
        : $"ok, {server} has written a snapshot of everything up to index {index}");

    public override void Backup(string file, BackupTaken taken) => Say(
        $"ok, {file} holds everything up to index {taken.Last.Index} of term {taken.Last.Term}, "
        + $"{taken.Bytes} bytes from {taken.Server}");

    public override void Absent(ReadOnlyMemory<byte> key) => Say($"{Readable.Line(key.Span)}: no such key");

    public override void NotSwapped(ReadOnlyMemory<byte> key) =>
        Say($"{Readable.Line(key.Span)}: not swapped, the key has another value or none");

    private void Say(string text) => console.Error.WriteLine(text);
}
