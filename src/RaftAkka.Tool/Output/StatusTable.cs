using System.Globalization;
using RaftAkka.Tool.Cluster;

namespace RaftAkka.Tool.Output;

/// <summary>A cluster's status for people: a line on the whole, then a row for every server.</summary>
internal static class StatusTable
{
    private const string Nothing = "-";

    public static void Write(ClusterReport report, TextWriter output, bool colours)
    {
        output.WriteLine(Summary(report));

        var table = new Table("SERVER", "ADDRESS", "ROLE", "TERM", "LEADER", "LAST", "COMMIT", "APPLIED");
        foreach (var server in report.Servers) AddRow(table, server);
        table.Write(output, colours);

        foreach (var server in report.Servers.Where(server => server.Problem is not null))
            output.WriteLine($"{server.Id ?? server.Address}: {server.Problem}");
        foreach (var server in report.Servers)
            foreach (var problem in server.State?.Problems ?? []) output.WriteLine($"{server.Id}: {problem}");
    }

    private static string Summary(ClusterReport report)
    {
        var answering = $"{report.Reachable} of {report.Servers.Count} servers answer";
        if (report.Quorum) return $"leader {report.Leader}, term {report.Term}, {answering}";

        if (report.Servers.All(server => server.Id is null))
            return "NO QUORUM: no server answers, so it is not known how many there are.";

        var majority = report.Servers.Count / 2 + 1;
        return report.Reachable < majority
            ? $"NO QUORUM: {answering}, {majority} are needed. Nothing can be read or written until more are back."
            : $"NO QUORUM: {answering}, but no leader is elected yet. Nothing can be read or written until one is.";
    }

    private static void AddRow(Table table, ServerReport server)
    {
        var id = server.Id ?? "?";
        if (server.State is not { } state)
        {
            table.Add(
                Colours.Bad, id, server.Address, "unreachable", Nothing, Nothing, Nothing, Nothing, Nothing);
            return;
        }

        table.Add(
            state.Role == "leader" ? Colours.Good : null,
            id, server.Address, state.Role, Number(state.Term), state.Leader ?? Nothing,
            Number(state.LastIndex), Number(state.CommitIndex), Number(state.AppliedIndex));
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
