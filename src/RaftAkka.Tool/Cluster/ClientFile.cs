using System.Net;
using System.Net.Sockets;
using Akka.Configuration;
using RaftAkka.Client;
using RaftAkka.Hosting;

namespace RaftAkka.Tool.Cluster;

/// <summary>A client's settings: its file, or what the command line says.</summary>
/// <param name="Settings">The client's settings.</param>
/// <param name="Config">All that the file says, Akka's settings too; empty without a file.</param>
internal sealed record ClientFile(RaftClientSettings Settings, Config Config)
{
    /// <exception cref="RaftAkka.Settings.RaftConfigurationException">The file has mistakes.</exception>
    public static ClientFile Load(ClientTarget target)
    {
        if (target.ConfigFile is null)
            return new ClientFile(
                new RaftClientSettings
                {
                    Cluster = target.Cluster ?? ClientTarget.DefaultCluster,
                    Seeds = target.Seeds,
                    ReadFrom = target.ReadFrom ?? default,
                },
                Config.Empty);

        var file = RaftConfigFile.Load(target.ConfigFile);
        var settings = file.ClientSettings();
        return new ClientFile(
            settings with
            {
                Cluster = target.Cluster ?? settings.Cluster,
                Seeds = target.Seeds.Count > 0 ? target.Seeds : settings.Seeds,
                ReadFrom = target.ReadFrom ?? settings.ReadFrom,
            },
            file.Config);
    }

    /// <summary>
    /// This machine's address on the way to the servers, which they answer to. Asking the system for the way sends
    /// nothing.
    /// </summary>
    public string OwnHost()
    {
        foreach (var seed in Settings.Seeds)
        {
            try
            {
                using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
                socket.Connect(seed[..seed.LastIndexOf(':')].Trim('[', ']'), 1);
                var own = ((IPEndPoint)socket.LocalEndPoint!).Address;
                return (own.IsIPv4MappedToIPv6 ? own.MapToIPv4() : own).ToString();
            }
            catch (SocketException)
            {
                // An unknown name, or no way there: the next one may do. If none does, neither will the calls.
                continue;
            }
        }
        return IPAddress.Loopback.ToString();
    }
}
