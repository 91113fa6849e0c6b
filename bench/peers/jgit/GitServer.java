// JGit's own HTTP server over a directory of bare repositories, for the benches beside it:
//
//   java -cp 'JARS/*' GitServer.java DIRECTORY PORT
//
// Everybody may fetch and push. Packs are mapped and cached whole, as JGit's manual advises a
// server to do; whether pushes are synced says the configuration of each repository.
import java.io.File;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;
import org.eclipse.jgit.http.server.GitServlet;
import org.eclipse.jgit.storage.file.WindowCacheConfig;

public class GitServer {
  static void cacheWholePacks() {
    WindowCacheConfig cache = new WindowCacheConfig();
    cache.setPackedGitMMAP(true);
    cache.setPackedGitWindowSize(64 << 10);
    cache.setPackedGitLimit(1L << 30);
    cache.setPackedGitOpenFiles(512);
    cache.setDeltaBaseCacheLimit(64 << 20);
    cache.install();
  }

  public static void main(String[] words) throws Exception {
    cacheWholePacks();
    ServletHolder git = new ServletHolder(new GitServlet());
    git.setInitParameter("base-path", new File(words[0]).getAbsolutePath());
    git.setInitParameter("export-all", "true");
    ServletContextHandler handler = new ServletContextHandler();
    handler.addServlet(git, "/*");
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    connector.setPort(Integer.parseInt(words[1]));
    connector.setIdleTimeout(600_000);  // a crowd waits for its turn
    server.addConnector(connector);
    server.setHandler(handler);
    server.start();
    server.join();
  }
}
