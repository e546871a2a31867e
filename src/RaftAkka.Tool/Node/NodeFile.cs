using Akka.Configuration;
using RaftAkka.Hosting;
using RaftAkka.Protocol;
using RaftAkka.Tool.Cli;

namespace RaftAkka.Tool.Node;

/// <summary>A server's file, with what the command line says in place of it.</summary>
/// <param name="Settings">The server's settings.</param>
/// <param name="Config">All that the file says, Akka's settings too.</param>
internal sealed record NodeFile(RaftNodeSettings Settings, Config Config)
{
    /// <exception cref="RaftAkka.Settings.RaftConfigurationException">The file has mistakes.</exception>
    /// <exception cref="ToolException">The port is another server's.</exception>
    public static NodeFile Load(NodeArguments arguments)
    {
        var file = RaftConfigFile.Load(arguments.File);
        var settings = file.NodeSettings(arguments.Id, arguments.Data);
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
