using System.Text.Json;
using RaftAkka.Tool.Cluster;

namespace RaftAkka.Tool.Output;

/// <summary>A cluster's status for scripts. What an unreachable server would have said is null.</summary>
internal static class StatusJson
{
    public static void Write(ClusterReport report, Utf8JsonWriter json)
    {
        json.WriteString("leader", report.Leader);
        json.WriteNumber("term", report.Term);
        json.WriteBoolean("quorum", report.Quorum);
        json.WriteStartArray("servers");
        foreach (var server in report.Servers) WriteServer(server, json);
        json.WriteEndArray();
    }

    private static void WriteServer(ServerReport server, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", server.Id);
        json.WriteString("address", server.Address);
        json.WriteString("role", server.State?.Role);
        Number(json, "term", server.State?.Term);
        Number(json, "lastIndex", server.State?.LastIndex);
        Number(json, "commitIndex", server.State?.CommitIndex);
        Number(json, "appliedIndex", server.State?.AppliedIndex);
        Number(json, "snapshotIndex", server.State?.SnapshotIndex);
        Number(json, "firstIndex", server.State?.FirstIndex);
        json.WriteBoolean("reachable", server.State is not null);
        json.WriteString("disk", server.State?.Disk);
        json.WriteStartArray("problems");
        foreach (var problem in server.State?.Problems ?? []) json.WriteStringValue(problem);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }
}
