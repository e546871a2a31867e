using System.Text.Json;
using RaftAkka.Operations;
using RaftAkka.Protocol;

namespace RaftAkka.Tool.Output;

/// <summary>What a data directory holds, as one JSON document on one line.</summary>
internal static class InspectionJson
{
    public static void Write(DataReport report, ToolConsole console) => JsonResults.Write(console, json =>
    {
        json.WriteString("directory", report.Directory);
        json.WriteString("verdict", report.Verdict switch
        {
            DataVerdict.Sound => "sound",
            DataVerdict.Damaged => "damaged",
            DataVerdict.NotData => "no data directory",
            DataVerdict.Unreadable => "unreadable",
            _ => "in use",
        });
        json.WriteString("cluster", report.Identity?.Cluster.Value);
        json.WriteString("group", report.Identity?.Group.Value);
        json.WriteString("server", report.Identity?.Server.Value);
        if (report.Members is { } members)
        {
            json.WriteStartArray("members");
            foreach (var member in members.Servers) json.WriteStringValue(member.Id.Value);
            json.WriteEndArray();
        }
        else
        {
            json.WriteNull("members");
        }

        json.WriteNumber("term", report.HardState.Term.Value);
        json.WriteString("vote", report.HardState.Vote?.Value);
        Entry(json, "base", report.Base);
        Entry(json, "last", report.Last);
        Entry(json, "logLast", report.LogLast);
        List(json, "segments", report.Segments, segment =>
        {
            json.WriteString("name", segment.Name);
            json.WriteNumber("bytes", segment.Bytes);
            Entry(json, "first", segment.First);
            Entry(json, "last", segment.Last);
        });
        List(json, "snapshots", report.Snapshots, snapshot =>
        {
            json.WriteString("name", snapshot.Name);
            json.WriteNumber("bytes", snapshot.Bytes);
            Entry(json, "last", snapshot.Last);
            json.WriteBoolean("sound", snapshot.IsSound);
        });
        Texts(json, "leftovers", report.Leftovers);
        Texts(json, "damages", report.Damages);
    });

    private static void Entry(Utf8JsonWriter json, string name, EntryId? entry)
    {
        if (entry is not { } known)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("index", known.Index.Value);
        json.WriteNumber("term", known.Term.Value);
        json.WriteEndObject();
    }

    private static void List<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> content)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            content(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
