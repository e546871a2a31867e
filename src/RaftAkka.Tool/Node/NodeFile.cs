using Akka.Configuration;
using RaftAkka.Hosting;
using RaftAkka.Protocol;
using RaftAkka.Settings;
using RaftAkka.Tool.Cli;

namespace RaftAkka.Tool.Node;

/// <summary>A server's file, with what the command line says in place of it.</summary>
/// <param name="Settings">The server's settings.</param>
/// <param name="Config">All that the file says, Akka's settings too.</param>
internal sealed record NodeFile(RaftNodeSettings Settings, Config Config)
{
    // What the node sets itself, so that the file's value would be dropped without a word.
    private static readonly (string Key, string Instead)[] SetByNode =
    [
        ("akka.remote.dot-netty.tcp.hostname", "Set raft.listen, the address to listen on"),
        ("akka.remote.dot-netty.tcp.port", "Set raft.listen, the address to listen on"),
        ("akka.remote.dot-netty.tcp.public-hostname", "Others reach a server at its entry of raft.members"),
        ("akka.remote.dot-netty.tcp.public-port", "Others reach a server at its entry of raft.members"),
        ("akka.loggers", "A node logs to standard error"),
        ("akka.stdout-loglevel", "A node logs to standard error; akka.loglevel says how much"),
    ];

    /// <exception cref="RaftAkka.Settings.RaftConfigurationException">The file has mistakes.</exception>
    /// <exception cref="ToolException">The port is another server's.</exception>
    public static NodeFile Load(NodeArguments arguments)
    {
        var file = RaftConfigFile.Load(arguments.File);
        SettingRules.Require(
            arguments.File,
            [.. SetByNode.Where(set => file.Config.HasPath(set.Key)).Select(set => $"{set.Key} has no effect here. {set.Instead}.")]);
        var settings = file.NodeSettings(arguments.Id, arguments.Data);
        if (arguments.Listen is not null) settings = settings with { Listen = arguments.Listen };
        if (arguments.Port is { } port) settings = settings with { Members = OnPort(settings, port) };
        return new NodeFile(settings, file.Config);
    }

    private static MemberAddress[] OnPort(RaftNodeSettings settings, int port)
    {
        var address = OwnAddress.WithPort(settings, port);
        if (settings.Members.FirstOrDefault(member =>
                member.Server != settings.Server && member.Address == address) is { } other)
            throw ToolException.Usage($"--port {port}: that is the address of server {other.Server} ({address}).");

        return
        [
            .. settings.Members.Select(member =>
                member.Server == settings.Server ? member with { Address = address } : member),
        ];
    }
}
