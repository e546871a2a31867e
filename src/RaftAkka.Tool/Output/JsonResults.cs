using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cluster;

namespace RaftAkka.Tool.Output;

/// <summary>
/// Results for scripts: one JSON document on one line of standard output. Keys and values that are not UTF-8 come
/// in base 64 under <c>keyBase64</c> and <c>valueBase64</c>.
/// </summary>
internal sealed class JsonResults(ToolConsole console) : Results
{
    // A write to standard output for so many bytes of a list, rather than for each entry.
    private const int ListBufferBytes = 32 * 1024;

    // The output is no part of a web page: letters stay letters.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Put(ReadOnlyMemory<byte> key, long revision) => Write(json =>
    {
        Bytes(json, "key", key.Span);
        json.WriteNumber("revision", revision);
    });

    public override void Got(StoredEntry entry) => Write(json =>
    {
        json.WriteBoolean("found", true);
        Entry(json, entry);
    });

    public override void Deleted(ReadOnlyMemory<byte> key, long revision) => Write(json =>
    {
        json.WriteBoolean("found", true);
        Bytes(json, "key", key.Span);
        json.WriteNumber("revision", revision);
    });

    public override void Swapped(ReadOnlyMemory<byte> key, long revision) => Write(json =>
    {
        json.WriteBoolean("swapped", true);
        Bytes(json, "key", key.Span);
        json.WriteNumber("revision", revision);
    });

    // Written as it comes. Where it breaks off, the document has no end, so that nobody takes it for a whole list.
    public override async Task ListedAsync(ReadOnlyMemory<byte> prefix, IAsyncEnumerable<StoredEntry> entries)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        Bytes(json, "prefix", prefix.Span);
        json.WriteStartArray("entries");
        await foreach (var entry in entries)
        {
            json.WriteStartObject();
            Entry(json, entry);
            json.WriteEndObject();
            if (buffer.WrittenCount + json.BytesPending >= ListBufferBytes) WriteOut(json, buffer);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        WriteOut(json, buffer);
        console.WriteBytes("\n"u8);
    }

    private void WriteOut(Utf8JsonWriter json, ArrayBufferWriter<byte> buffer)
    {
        json.Flush();
        console.WriteBytes(buffer.WrittenSpan);
        buffer.Clear();
    }

    public override void Absent(ReadOnlyMemory<byte> key) => Write(json =>
    {
        json.WriteBoolean("found", false);
        Bytes(json, "key", key.Span);
    });

    public override void NotSwapped(ReadOnlyMemory<byte> key) => Write(json =>
    {
        json.WriteBoolean("swapped", false);
        Bytes(json, "key", key.Span);
    });

    public override void Status(ClusterReport report) => Write(json => StatusJson.Write(report, json));

    public override void Members(ClusterMembers members) => Write(json => MemberTable.Write(members, json));

    public override void Transferred(ServerId leader) => Write(json => json.WriteString("leader", leader.Value));

    public override void Snapshot(string server, long index, bool wasThere) => Write(json =>
    {
        json.WriteString("server", server);
        json.WriteNumber("snapshotIndex", index);
        json.WriteBoolean("taken", !wasThere);
    });

    public override void Backup(string file, BackupTaken taken) => Write(json =>
    {
        json.WriteString("file", file);
        json.WriteString("server", taken.Server.Value);
        json.WriteNumber("lastIndex", taken.Last.Index.Value);
        json.WriteNumber("lastTerm", taken.Last.Term.Value);
        json.WriteNumber("bytes", taken.Bytes);
    });

    private static void Entry(Utf8JsonWriter json, StoredEntry entry)
    {
        Bytes(json, "key", entry.Key.Span);
        Bytes(json, "value", entry.Value.Span);
        json.WriteNumber("createRevision", entry.CreateRevision);
        json.WriteNumber("modRevision", entry.ModRevision);
        json.WriteNumber("version", entry.Version);
    }

    private static void Bytes(Utf8JsonWriter json, string name, ReadOnlySpan<byte> bytes)
    {
        if (Readable.Text(bytes) is { } text) json.WriteString(name, text);
        else json.WriteBase64String(name + "Base64", bytes);
    }

    private void Write(Action<Utf8JsonWriter> content) => Write(console, content);

    /// <summary>One object on one line.</summary>
    public static void Write(ToolConsole console, Action<Utf8JsonWriter> content)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }
        buffer.WriteByte((byte)'\n');
        console.WriteBytes(buffer.ToArray());
    }
}
