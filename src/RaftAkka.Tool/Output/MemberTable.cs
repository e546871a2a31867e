using System.Text.Json;
using RaftAkka.Client;
using RaftAkka.Protocol;

namespace RaftAkka.Tool.Output;

/// <summary>Who belongs to a cluster: a row for every member, or JSON.</summary>
internal static class MemberTable
{
    public static void Write(ClusterMembers members, TextWriter output, bool colours)
    {
        output.WriteLine(
            $"leader {members.Leader}, configuration of entry {members.Index}"
            + (members.IsSettled ? "" : ": a change is under way"));

        var table = new Table("SERVER", "ADDRESS", "ROLE", "PROGRESS");
        foreach (var member in members.Members)
        {
            var isLeader = member.Server == members.Leader;
            table.Add(
                isLeader ? Colours.Good : null,
                member.Server.Value, member.Address, Role(member.Role),
                isLeader ? "leads" : MemberProgressLine.Text(member));
        }

        table.Write(output, colours);
        if (members.Retired.Count > 0) output.WriteLine($"left for good: {string.Join(", ", members.Retired)}");
    }

    public static void Write(ClusterMembers members, Utf8JsonWriter json)
    {
        json.WriteString("leader", members.Leader.Value);
        json.WriteNumber("index", members.Index.Value);
        json.WriteBoolean("settled", members.IsSettled);
        json.WriteStartArray("members");
        foreach (var member in members.Members)
        {
            json.WriteStartObject();
            json.WriteString("id", member.Server.Value);
            json.WriteString("address", member.Address);
            json.WriteString("role", Role(member.Role));
            json.WriteNumber("priority", member.Priority);
            Number(json, "matchIndex", member.IsProgressKnown ? member.Match.Value : null);
            Number(json, "behind", member.IsProgressKnown ? member.Behind : null);
            if (member.SnapshotPercent is { } percent) json.WriteNumber("snapshotPercent", percent);
            else json.WriteNull("snapshotPercent");
            json.WriteNumber("silentMilliseconds", (long)member.SilentFor.TotalMilliseconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("retired");
        foreach (var server in members.Retired) json.WriteStringValue(server.Value);
        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } known) json.WriteNumber(name, known);
        else json.WriteNull(name);
    }

    private static string Role(MemberRole role) => role switch
    {
        MemberRole.Voter => "voter",
        MemberRole.Learner => "learner",
        MemberRole.Replica => "replica",
        _ => "unknown",
    };
}
