-- {"token": "AQEAAAAAAAEAAAAAAAEAAAAAAGn4UgCww0bS0McFsb7H8f1JRa5S", "marker": "8f900921-81be-4a2f-9e83-86d58aacfca0 2\n"}
-- paper-digest 0.1.0, 0003
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE edition (
	id INTEGER NOT NULL, 
	zone VARCHAR(64) NOT NULL, 
	hour INTEGER NOT NULL, 
	local_date DATE NOT NULL, 
	due_at DATETIME NOT NULL, 
	planned_at DATETIME NOT NULL, 
	planned INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_edition PRIMARY KEY (id), 
	CONSTRAINT uq_edition_zone_hour_local_date UNIQUE (zone, hour, local_date)
);
CREATE TABLE feed (
	source VARCHAR(64) NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	url TEXT NOT NULL, 
	etag TEXT, 
	last_modified TEXT, 
	next_poll_at DATETIME NOT NULL, 
	failures INTEGER DEFAULT '0' NOT NULL, 
	gone BOOLEAN DEFAULT 0 NOT NULL, 
	first_ok_at DATETIME, 
	last_ok_at DATETIME, 
	last_entry_at DATETIME, 
	last_failure TEXT, 
	failing_since DATETIME, 
	last_dropped JSON DEFAULT '{}' NOT NULL, 
	days JSON DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_feed PRIMARY KEY (source, "key")
);
CREATE TABLE meta (
	"key" VARCHAR(64) NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_meta PRIMARY KEY ("key")
);
CREATE TABLE paper (
	id INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	title_key TEXT NOT NULL, 
	url TEXT NOT NULL, 
	abstract TEXT DEFAULT '' NOT NULL, 
	authors JSON NOT NULL, 
	arxiv_id VARCHAR(40), 
	doi TEXT, 
	categories JSON NOT NULL, 
	keywords JSON NOT NULL, 
	organization TEXT, 
	pdf_url TEXT, 
	code_url TEXT, 
	published_at DATETIME, 
	first_seen_at DATETIME NOT NULL, 
	eligible_until DATETIME NOT NULL, 
	offered BOOLEAN DEFAULT 1 NOT NULL, 
	merged_into INTEGER, 
	split_from INTEGER, 
	provenance JSON NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT pk_paper PRIMARY KEY (id), 
	CONSTRAINT fk_paper_merged_into_paper FOREIGN KEY(merged_into) REFERENCES paper (id), 
	CONSTRAINT fk_paper_split_from_paper FOREIGN KEY(split_from) REFERENCES paper (id)
);
CREATE TABLE "plan" (
	id INTEGER NOT NULL, 
	planned_at DATETIME NOT NULL, 
	looked_at INTEGER NOT NULL, 
	source_count INTEGER NOT NULL, 
	last_paper_id INTEGER NOT NULL, 
	CONSTRAINT pk_plan PRIMARY KEY (id), 
	CONSTRAINT uq_plan_planned_at UNIQUE (planned_at)
);
CREATE TABLE seen_set (
	id INTEGER NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	packed BLOB NOT NULL, 
	CONSTRAINT pk_seen_set PRIMARY KEY (id), 
	CONSTRAINT uq_seen_set_hash UNIQUE (hash)
);
CREATE TABLE slot (
	zone VARCHAR(64) NOT NULL, 
	hour INTEGER NOT NULL, 
	next_date DATE NOT NULL, 
	next_due_at DATETIME NOT NULL, 
	CONSTRAINT pk_slot PRIMARY KEY (zone, hour)
);
CREATE TABLE source (
	name VARCHAR(64) NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	reason TEXT NOT NULL, 
	since DATETIME NOT NULL, 
	CONSTRAINT pk_source PRIMARY KEY (name)
);
CREATE TABLE topic (
	id INTEGER NOT NULL, 
	slug VARCHAR(64) NOT NULL, 
	version INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	description TEXT NOT NULL, 
	topic_group TEXT NOT NULL, 
	"query" TEXT NOT NULL, 
	query_hash VARCHAR(64) NOT NULL, 
	current BOOLEAN NOT NULL, origin VARCHAR(10) DEFAULT 'catalogue' NOT NULL, 
	CONSTRAINT pk_topic PRIMARY KEY (id), 
	CONSTRAINT uq_topic_slug_version UNIQUE (slug, version)
);
CREATE TABLE topic_set (
	id INTEGER NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	items JSON NOT NULL, 
	CONSTRAINT pk_topic_set PRIMARY KEY (id), 
	CONSTRAINT uq_topic_set_hash UNIQUE (hash)
);
CREATE TABLE worker (
	id VARCHAR(64) NOT NULL, 
	started_at DATETIME NOT NULL, 
	heartbeat_at DATETIME NOT NULL, 
	CONSTRAINT pk_worker PRIMARY KEY (id)
);
CREATE TABLE identity_key (
	kind VARCHAR(8) NOT NULL, 
	value TEXT NOT NULL, 
	paper_id INTEGER NOT NULL, 
	CONSTRAINT pk_identity_key PRIMARY KEY (kind, value), 
	CONSTRAINT fk_identity_key_paper_id_paper FOREIGN KEY(paper_id) REFERENCES paper (id)
);
CREATE TABLE mention (
	paper_id INTEGER NOT NULL, 
	source VARCHAR(64) NOT NULL, 
	listed_at DATETIME NOT NULL, 
	last_listed_at DATETIME NOT NULL, 
	url TEXT NOT NULL, 
	CONSTRAINT pk_mention PRIMARY KEY (paper_id, source), 
	CONSTRAINT fk_mention_paper_id_paper FOREIGN KEY(paper_id) REFERENCES paper (id)
);
CREATE TABLE merge (
	id INTEGER NOT NULL, 
	paper_id INTEGER NOT NULL, 
	other TEXT NOT NULL, 
	rule VARCHAR(24) NOT NULL, 
	score FLOAT NOT NULL, 
	reason TEXT NOT NULL, 
	merged_at DATETIME NOT NULL, 
	CONSTRAINT pk_merge PRIMARY KEY (id), 
	CONSTRAINT fk_merge_paper_id_paper FOREIGN KEY(paper_id) REFERENCES paper (id)
);
CREATE TABLE plan_card (
	plan_id INTEGER NOT NULL, 
	paper_id INTEGER NOT NULL, 
	facts JSON NOT NULL, 
	CONSTRAINT pk_plan_card PRIMARY KEY (plan_id, paper_id), 
	CONSTRAINT fk_plan_card_plan_id_plan FOREIGN KEY(plan_id) REFERENCES "plan" (id)
);
CREATE TABLE selection (
	id INTEGER NOT NULL, 
	plan_id INTEGER NOT NULL, 
	topic_set_id INTEGER NOT NULL, 
	seen_set_id INTEGER NOT NULL, 
	next_seen_set_id INTEGER NOT NULL, 
	max_papers INTEGER NOT NULL, 
	min_papers INTEGER NOT NULL, 
	weekdays INTEGER NOT NULL, 
	fresh_since DATETIME NOT NULL, 
	items JSON NOT NULL, 
	matched INTEGER NOT NULL, 
	already_seen INTEGER NOT NULL, 
	fresh INTEGER NOT NULL, 
	empty_reason TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_selection PRIMARY KEY (id), 
	CONSTRAINT fk_selection_next_seen_set_id_seen_set FOREIGN KEY(next_seen_set_id) REFERENCES seen_set (id), 
	CONSTRAINT fk_selection_plan_id_plan FOREIGN KEY(plan_id) REFERENCES "plan" (id), 
	CONSTRAINT fk_selection_seen_set_id_seen_set FOREIGN KEY(seen_set_id) REFERENCES seen_set (id), 
	CONSTRAINT fk_selection_topic_set_id_topic_set FOREIGN KEY(topic_set_id) REFERENCES topic_set (id), 
	CONSTRAINT uq_selection_key UNIQUE (plan_id, topic_set_id, seen_set_id, max_papers, min_papers, weekdays, fresh_since)
);
CREATE TABLE signal (
	paper_id INTEGER NOT NULL, 
	source VARCHAR(64) NOT NULL, 
	metric VARCHAR(16) NOT NULL, 
	taken_at DATETIME NOT NULL, 
	value FLOAT NOT NULL, 
	CONSTRAINT pk_signal PRIMARY KEY (paper_id, source, metric, taken_at), 
	CONSTRAINT fk_signal_paper_id_paper FOREIGN KEY(paper_id) REFERENCES paper (id)
);
CREATE TABLE subscriber (
	id INTEGER NOT NULL, 
	address TEXT NOT NULL, 
	address_key TEXT NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	state_reason TEXT DEFAULT '' NOT NULL, 
	zone VARCHAR(64) NOT NULL, 
	hour INTEGER NOT NULL, 
	weekdays INTEGER NOT NULL, 
	max_papers INTEGER NOT NULL, 
	min_papers INTEGER NOT NULL, 
	language VARCHAR(16) NOT NULL, 
	extract VARCHAR(5) NOT NULL, 
	topic_set_id INTEGER NOT NULL, 
	seen_set_id INTEGER NOT NULL, 
	fresh_since DATETIME NOT NULL, 
	token_generation INTEGER DEFAULT '0' NOT NULL, 
	paused_until DATE, 
	at_once_on DATE, 
	created_at DATETIME NOT NULL, 
	confirmed_at DATETIME, feed_generation INTEGER DEFAULT '0' NOT NULL, suppression VARCHAR(10), erase_asked_at DATETIME, 
	CONSTRAINT pk_subscriber PRIMARY KEY (id), 
	CONSTRAINT fk_subscriber_seen_set_id_seen_set FOREIGN KEY(seen_set_id) REFERENCES seen_set (id), 
	CONSTRAINT fk_subscriber_topic_set_id_topic_set FOREIGN KEY(topic_set_id) REFERENCES topic_set (id), 
	CONSTRAINT uq_subscriber_address_key UNIQUE (address_key)
);
CREATE TABLE delivery (
	id INTEGER NOT NULL, 
	subscriber_id INTEGER NOT NULL, 
	kind VARCHAR(24) NOT NULL, 
	dedupe_key VARCHAR(64) NOT NULL, 
	priority INTEGER NOT NULL, 
	edition_id INTEGER, 
	selection_id INTEGER, 
	state VARCHAR(12) NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	address TEXT NOT NULL, 
	language VARCHAR(16) NOT NULL, 
	extract VARCHAR(5) NOT NULL, 
	token_generation INTEGER NOT NULL, 
	planned_at DATETIME NOT NULL, 
	next_try_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	owner VARCHAR(64), 
	render_version VARCHAR(16), 
	sent_at DATETIME, 
	reply TEXT DEFAULT '' NOT NULL, 
	placed INTEGER, relay VARCHAR(64), submissions INTEGER DEFAULT '0' NOT NULL, uncertain BOOLEAN DEFAULT 0 NOT NULL, rewritten BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_delivery PRIMARY KEY (id), 
	CONSTRAINT fk_delivery_edition_id_edition FOREIGN KEY(edition_id) REFERENCES edition (id), 
	CONSTRAINT fk_delivery_selection_id_selection FOREIGN KEY(selection_id) REFERENCES selection (id), 
	CONSTRAINT fk_delivery_subscriber_id_subscriber FOREIGN KEY(subscriber_id) REFERENCES subscriber (id), 
	CONSTRAINT uq_delivery_once UNIQUE (subscriber_id, kind, dedupe_key)
);
CREATE TABLE signup (
	id INTEGER NOT NULL, 
	subscriber_id INTEGER NOT NULL, 
	delivery_id INTEGER, 
	asked_at DATETIME NOT NULL, 
	confirmed_at DATETIME, 
	preferences JSON NOT NULL, 
	origin VARCHAR(8) NOT NULL, 
	CONSTRAINT pk_signup PRIMARY KEY (id), 
	CONSTRAINT fk_signup_subscriber_id_subscriber FOREIGN KEY(subscriber_id) REFERENCES subscriber (id), 
	CONSTRAINT fk_signup_delivery_id_delivery FOREIGN KEY(delivery_id) REFERENCES delivery (id), 
	CONSTRAINT uq_signup_delivery_id UNIQUE (delivery_id)
);
CREATE TABLE bucket (
	"key" VARCHAR(64) NOT NULL, 
	level FLOAT NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT pk_bucket PRIMARY KEY ("key")
);
CREATE TABLE vote (
	id INTEGER NOT NULL, 
	subscriber_id INTEGER NOT NULL, 
	paper_id INTEGER NOT NULL, 
	verdict VARCHAR(8) NOT NULL, 
	topic TEXT DEFAULT '' NOT NULL, 
	delivery_id INTEGER, 
	voted_at DATETIME NOT NULL, 
	CONSTRAINT pk_vote PRIMARY KEY (id), 
	CONSTRAINT fk_vote_subscriber_id_subscriber FOREIGN KEY(subscriber_id) REFERENCES subscriber (id), 
	CONSTRAINT fk_vote_paper_id_paper FOREIGN KEY(paper_id) REFERENCES paper (id), 
	CONSTRAINT fk_vote_delivery_id_delivery FOREIGN KEY(delivery_id) REFERENCES delivery (id)
);
CREATE VIRTUAL TABLE paper_text USING fts5(title, abstract, content='paper', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2');
CREATE TABLE bounce (
	id INTEGER NOT NULL, 
	subscriber_id INTEGER NOT NULL, 
	delivery_id INTEGER, 
	kind VARCHAR(10) NOT NULL, 
	hard BOOLEAN NOT NULL, 
	status VARCHAR(12) NOT NULL, 
	reason VARCHAR(24) NOT NULL, 
	said TEXT NOT NULL, 
	origin VARCHAR(16) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	received_at DATETIME NOT NULL, 
	CONSTRAINT pk_bounce PRIMARY KEY (id), 
	CONSTRAINT fk_bounce_subscriber_id_subscriber FOREIGN KEY(subscriber_id) REFERENCES subscriber (id), 
	CONSTRAINT fk_bounce_delivery_id_delivery FOREIGN KEY(delivery_id) REFERENCES delivery (id), 
	CONSTRAINT uq_bounce_fingerprint UNIQUE (fingerprint)
);
CREATE TABLE throttle (
	"key" VARCHAR(200) NOT NULL, 
	rate FLOAT NOT NULL, 
	level FLOAT NOT NULL, 
	updated_at DATETIME NOT NULL, 
	paused_until DATETIME, 
	clean_since DATETIME NOT NULL, 
	first_on DATE NOT NULL, 
	sent_on DATE NOT NULL, 
	sent INTEGER NOT NULL, 
	strikes INTEGER NOT NULL, 
	CONSTRAINT pk_throttle PRIMARY KEY ("key")
);
CREATE TABLE relay (
	name VARCHAR(64) NOT NULL, 
	failures INTEGER NOT NULL, 
	paused_until DATETIME, 
	trouble TEXT NOT NULL, 
	told_at DATETIME NOT NULL, 
	CONSTRAINT pk_relay PRIMARY KEY (name)
);
CREATE TABLE provider (
	domain VARCHAR(255) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	looked_up_at DATETIME NOT NULL, 
	CONSTRAINT pk_provider PRIMARY KEY (domain)
);
CREATE TABLE alarm (
	"key" VARCHAR(100) NOT NULL, 
	text TEXT NOT NULL, 
	raised_at DATETIME NOT NULL, 
	last_at DATETIME NOT NULL, 
	count INTEGER NOT NULL, 
	cleared_at DATETIME, 
	CONSTRAINT pk_alarm PRIMARY KEY ("key")
);
INSERT INTO "alembic_version" ("version_num") VALUES ('0003');
INSERT INTO "edition" ("id", "zone", "hour", "local_date", "due_at", "planned_at", "planned") VALUES (1, 'UTC', 8, '2026-05-04', '2026-05-04 08:00:00.000000', '2026-05-04 08:00:00.000000', 5);
INSERT INTO "meta" ("key", "value") VALUES ('uuid', '8f900921-81be-4a2f-9e83-86d58aacfca0');
INSERT INTO "meta" ("key", "value") VALUES ('rehearsal', 'yes');
INSERT INTO "meta" ("key", "value") VALUES ('ledger_moved_at', '2026-05-04T08:00:00+00:00');
INSERT INTO "meta" ("key", "value") VALUES ('ledger_sequence', '2');
INSERT INTO "meta" ("key", "value") VALUES ('last_act_at', '2026-05-04T08:00:00.000000+00:00');
INSERT INTO "paper" ("id", "title", "title_key", "url", "abstract", "authors", "arxiv_id", "doi", "categories", "keywords", "organization", "pdf_url", "code_url", "published_at", "first_seen_at", "eligible_until", "offered", "merged_into", "split_from", "provenance", "updated_at") VALUES (1, 'Routing of sparse experts', 'routingofsparseexperts', 'https://arxiv.org/abs/2605.10001', 'Routing of sparse experts is studied here at some length, item 1.', '[]', '2605.10001', NULL, '[]', '[]', NULL, NULL, NULL, NULL, '2026-05-04 00:00:00.000000', '2026-05-18 00:00:00.000000', 1, NULL, NULL, '{"title": "Hugging Face", "url": "Hugging Face", "abstract": "Hugging Face", "arxiv_id": "Hugging Face"}', '2026-05-04 00:00:00.000000');
INSERT INTO "paper" ("id", "title", "title_key", "url", "abstract", "authors", "arxiv_id", "doi", "categories", "keywords", "organization", "pdf_url", "code_url", "published_at", "first_seen_at", "eligible_until", "offered", "merged_into", "split_from", "provenance", "updated_at") VALUES (2, 'Owned routing tables', 'ownedroutingtables', 'https://arxiv.org/abs/2605.10002', 'Owned routing tables is studied here at some length, item 2.', '[]', '2605.10002', NULL, '[]', '[]', NULL, NULL, NULL, NULL, '2026-05-04 00:00:00.000000', '2026-05-18 00:00:00.000000', 1, NULL, NULL, '{"title": "Hugging Face", "url": "Hugging Face", "abstract": "Hugging Face", "arxiv_id": "Hugging Face"}', '2026-05-04 00:00:00.000000');
INSERT INTO "plan" ("id", "planned_at", "looked_at", "source_count", "last_paper_id") VALUES (1, '2026-05-04 08:00:00.000000', 2, 1, 2);
INSERT INTO "seen_set" ("id", "hash", "packed") VALUES (1, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', X'');
INSERT INTO "seen_set" ("id", "hash", "packed") VALUES (2, '9dcf97a184f32623d11a73124ceb99a5709b083721e878a16d78f596718ba7b2', X'0101');
INSERT INTO "slot" ("zone", "hour", "next_date", "next_due_at") VALUES ('UTC', 8, '2026-05-05', '2026-05-05 08:00:00.000000');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (1, 'large-language-models', 1, 'Large language models', 'New language models and how they are trained: reports, pre-training, scaling laws.', 'Language models', 'title:("large language model*" OR pretrain* OR pre-train* OR "technical report" OR "small language model*") OR "language model pretraining" OR "language model pre-training" OR "scaling law*" OR "open-weight*"', 'cc49e9c359b6c85fda34489598068aec99c12a92fe94c084014b301715d475b3', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (2, 'mixture-of-experts', 1, 'Mixture of experts', 'Sparse models that route each token to a few of many experts.', 'Language models', '"mixture of expert*" OR "mixtures of expert*" OR MoE OR MoEs OR "expert routing" OR "sparse expert*" OR "expert parallel*"', '315a0742711c433b714ce0f294f35d2d56b4dea245da099df9ff0c6e2e1541fa', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (3, 'reasoning', 1, 'Reasoning', 'Chains of thought, test-time compute, mathematical and logical reasoning of models.', 'Language models', 'title:(reasoning OR reasoner* OR thinking) OR "chain of thought" OR "chains of thought" OR "test time compute" OR "test time scaling" OR "inference time scaling" OR "process reward*" OR "reasoning model*"', '8ae3ce70724c7dd876712840e65c7ccc55c0bd3781755d9fb343c27fb82809e9', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (4, 'retrieval-augmented-generation', 1, 'Retrieval-augmented generation', 'Models that look things up: RAG, dense retrieval, search with language models.', 'Language models', '"retrieval augmented" OR "retrieval augmentation" OR RAG OR GraphRAG OR "dense retriev*" OR "deep research" OR "agentic search"', 'a0996b1d447dc666a5886ec2e1b949f7ce461a50cc706a25c7012f99791f648d', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (5, 'post-training', 1, 'Post-training and preference learning', 'Instruction tuning, RLHF, preference optimisation and reward models.', 'Language models', 'RLHF OR RLAIF OR "preference optimi*" OR "reward model*" OR "instruction tun*" OR "supervised fine-tun*" OR "post-train*" OR "human feedback" OR "direct preference"', '3c37c8bf60c9efc3792eb5e79dd6ba7fbd25716ee38cd71b03cae70d8231d8c5', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (6, 'reinforcement-learning-for-llms', 1, 'Reinforcement learning for language models', 'GRPO and kin: policy gradients, verifiable rewards and rollouts for language models.', 'Language models', 'GRPO OR RLVR OR "verifiable reward*" OR "group relative policy" OR ("reinforcement learning" AND ("language model*" OR LLM OR LLMs)) OR ("on policy distillation")', '1f3a502e60e26185698e96ca38f463af491d07c5d5705f7ef72e441b7f3aaeba', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (7, 'long-context', 1, 'Long context and memory', 'Long inputs, memory of models and agents, compression of the context.', 'Language models', '"long context*" OR "context window*" OR "context length*" OR "context compression" OR "long term memory" OR "memory augmented" OR "agent memory" OR title:memory OR "length extrapolation"', '27ff511be30128303e51e49b00e0932d41f5d4dcc25ac4d813194cd6005bce01', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (8, 'diffusion-language-models', 1, 'Diffusion language models', 'Text by denoising: discrete and masked diffusion instead of one token after another.', 'Language models', '"diffusion language model*" OR "diffusion large language model*" OR "diffusion LLM*" OR dLLM OR dLLMs OR "discrete diffusion" OR "masked diffusion" OR "text diffusion"', 'd26c1dd6badb8a9bec618bf11c6933197b0f20ad5deb0304b0afab7ef0b85b5e', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (9, 'code-generation', 1, 'Code generation', 'Models that write, repair and review programs.', 'Language models', '"code generation" OR "code model*" OR "code LLM*" OR "program synthesis" OR "program repair" OR "code completion" OR SWE-bench OR "software engineering agent*" OR "coding agent*" OR "code language model*" OR "vibe coding" OR (title:code title:(LLM* OR "language model*" OR agent*))', '07cb8df10d36dd12839ae05ea853bd814512fec9f5e2948ca0d4a94f5ad28a4d', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (10, 'mathematical-reasoning', 1, 'Mathematics by machines', 'Models that solve and prove: olympiads, formal proofs, Lean.', 'Language models', '"mathematical reasoning" OR "math reasoning" OR "theorem prov*" OR "formal proof*" OR autoformali* OR "Lean 4" OR olympiad* OR "math problem*" OR "mathematical problem*"', 'dc9d6175a38196654e5b8542def0412323f4f743d78e3f76b52552473a4e859b', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (11, 'multilingual', 1, 'Multilingual models and translation', 'Machine translation, low-resource languages and models of many languages.', 'Language models', 'multilingual* OR "machine translation" OR "low-resource language*" OR "cross-lingual*" OR crosslingual* OR "code-switching"', 'ae1bc845a32debc0597d15148cb52c897b5f1c0a7bc3ff8138bd58012987665a', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (12, 'text-embeddings', 1, 'Embeddings and search', 'Text embeddings, rerankers and the retrieval behind search engines.', 'Language models', '"text embedding*" OR "embedding model*" OR "sentence embedding*" OR rerank* OR re-rank* OR "passage retrieval" OR "document retrieval" OR cat:cs.IR title:(retriev* OR search)', '26523d794bd1b70e25cfbccf2c40ff26c4aa9f23e233b802ab52ac1edee2b7c4', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (13, 'vision-language-models', 1, 'Vision-language models', 'Models that see and read: VLMs, visual question answering, grounding.', 'Vision, sound and media', '"vision language model*" OR "vision and language" OR VLM OR VLMs OR LVLM OR LVLMs OR "visual question answering" OR VQA OR "visual language model*" OR "visual reasoning" OR "visual grounding"', '2db20bdc03f2519af9c5a032e836f1c7a576e3bd1f8d38f23d88d26e1e74a653', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (14, 'multimodal', 1, 'Multimodal models', 'One model for text, images, video and sound.', 'Vision, sound and media', 'title:(multimodal* OR multi-modal* OR omni* OR "any-to-any" OR cross-modal*) OR MLLM OR MLLMs OR "multimodal large language model*" OR "unified multimodal" OR "omni modal*"', 'd717c61153295029866a4a2d930729600672adb4e02695d74dfc3a6f351728d1', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (15, 'image-generation', 1, 'Image generation', 'Text to image, editing and personalised pictures.', 'Vision, sound and media', '"text to image" OR "image generation" OR "image editing" OR "image synthesis" OR inpainting OR "personalized generation" OR "visual generation" OR "style transfer"', 'a22d533db945ccf271d48198cb60a7fa74c12a4b501545b57cf906d927f0a5b6', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (16, 'diffusion-models', 1, 'Diffusion and flow matching', 'The theory and craft of diffusion, flow matching and score-based models.', 'Vision, sound and media', 'title:(diffusion OR denoising OR "flow matching" OR "rectified flow*" OR "consistency model*") OR "flow matching" OR "diffusion transformer*" OR "score based generative" OR "latent diffusion"', '5ebe807e1f9f83433d790c7d1709173133d3f54c4a2710d406c94398eb191f35', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (17, 'video', 1, 'Video generation and understanding', 'Making, editing and understanding moving pictures.', 'Vision, sound and media', 'title:(video OR videos) OR "video generation" OR "text to video" OR "image to video" OR "video understanding" OR "video diffusion"', '6d6957263f9f4f885c33e5f461d5576720ef8702d365f3c7b94665cddbb1a59a', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (18, 'world-models', 1, 'World models', 'Models that predict how a scene goes on, to plan in it or to play in it.', 'Vision, sound and media', '"world model*" OR "world simulat*" OR "interactive world*" OR JEPA OR "video world" OR "physical simulat*" title:(video OR world)', '69d3ff42f7c50f8f6828305319e5a4a1943cf2188784b95fa13087c9885d370e', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (19, '3d-vision', 1, '3D vision and graphics', 'Splatting, radiance fields, reconstruction and generated shapes.', 'Vision, sound and media', '"gaussian splat*" OR 3DGS OR NeRF OR "radiance field*" OR "3D reconstruction" OR "3D generation" OR "novel view synthesis" OR "point cloud*" OR "depth estimation" OR "text to 3D" OR title:(3D OR 4D)', '50e9d4583f350c4e02b5196299f597a5bb186444ebd04a97a0d5d83540becb79', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (20, 'object-detection-and-segmentation', 1, 'Detection and segmentation', 'Finding, outlining and following things in pictures.', 'Vision, sound and media', '"object detection" OR "semantic segmentation" OR "instance segmentation" OR "object tracking" OR "segment anything" OR "pose estimation" OR title:(segmentation OR detector OR tracking)', 'b63bcbb6b4dc9914ef3e4336668633f720c17ae1f3589a58d0d86fb4197041fa', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (21, 'speech-and-audio', 1, 'Speech, audio and music', 'Recognition, synthesis and understanding of speech, sound and music.', 'Vision, sound and media', 'speech OR "text to speech" OR "voice cloning" OR "speaker verification" OR "audio generation" OR "audio language model*" OR title:(audio OR voice OR sound OR music* OR song* OR singing) OR cat:cs.SD OR cat:eess.AS', '628d4e24b4510ffead52d43dc7d4557b6326b5ada9f0455528d2285d92c42e32', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (22, 'documents-and-ocr', 1, 'Documents and OCR', 'Reading pages: OCR, layout, tables, charts.', 'Vision, sound and media', 'OCR OR "document understanding" OR "document parsing" OR "layout analysis" OR "chart understanding" OR "optical character recognition" OR handwriting OR handwritten OR "table understanding" OR title:(document OR documents OR chart OR charts)', '964d0084c77491de53c11d6dadd03e3fd5a87a0da290a182c8255037d1fb6cf5', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (23, 'agents', 1, 'AI agents', 'Language models that use tools, plan and act.', 'Agents and robots', 'title:(agent OR agents OR agentic) OR "tool use" OR "tool calling" OR "function calling" OR "LLM agent*" OR "language agent*" OR "model context protocol"', '68c2e1c0732bb9970130c83335599736c9bfa5618d054136f239b106cec27041', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (24, 'computer-use', 1, 'Computer and web use', 'Agents that click and type: graphical interfaces, browsers, phones.', 'Agents and robots', '"GUI agent*" OR "computer use" OR "computer-using" OR "web agent*" OR "mobile agent*" OR "browser agent*" OR "GUI grounding" OR OSWorld OR WebArena OR "graphical user interface*"', '981b7e854b732214e467eeec59970ca9f12bc0e5811dcaea37854cb9f32827cc', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (25, 'multi-agent-systems', 1, 'Multi-agent systems', 'Many agents together: teams of models, games, negotiation, simulation.', 'Agents and robots', '"multi-agent*" OR multiagent* OR "agent societ*" OR "agent collaboration" OR cat:cs.MA', 'dbc81b8b80686411622b9e1c19f0fda2fbe0a9e20f2ccf0cdd9cd9fef3665953', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (26, 'robotics', 1, 'Robotics', 'Manipulation, locomotion and everything of arXiv''s cs.RO.', 'Agents and robots', 'cat:cs.RO OR title:(robot* OR humanoid* OR manipulation OR dexterous) OR "robot learning" OR "robotic manipulation" OR "sim-to-real" OR "legged locomotion"', '52b130a5d9c159bc0bb9e013cc313f4958fc8fbb3475b58291214046b36e1f3b', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (27, 'vision-language-action', 1, 'Vision-language-action and embodied AI', 'Models that see, read and act in a body.', 'Agents and robots', '"vision language action" OR VLA OR VLAs OR "embodied AI" OR "embodied agent*" OR "embodied intelligence" OR "imitation learning" OR "diffusion polic*" OR "vision-and-language navigation"', '1332f4ed2a7c76b5af8d65fb2ca75b14a29b4edb21722995839ea9a8ac93185a', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (28, 'autonomous-driving', 1, 'Autonomous driving', 'Perception, prediction and planning for cars.', 'Agents and robots', '"autonomous driving" OR "self-driving" OR "autonomous vehicle*" OR "trajectory prediction" OR "driving scene*" OR "driving simulat*" OR nuScenes OR "end-to-end driving"', '5f0fcdf86fcd70507d0fb36129ea1d9708bcc25aa75e6813f27779889b77bef3', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (29, 'reinforcement-learning', 1, 'Reinforcement learning', 'Learning by reward: policies, value functions, offline and in the world.', 'Methods of learning', 'title:("reinforcement learning" OR "policy optimi*" OR "policy gradient*" OR Q-learning OR "actor-critic" OR bandit OR bandits OR "offline RL" OR RL) OR "offline reinforcement" OR "multi-armed bandit*" OR "Markov decision process*" OR "inverse reinforcement"', '214b153c2d68aae6bbc1f63dcbbf9f3b5f992f34e140f2e51e097d1391bb779e', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (30, 'graph-learning', 1, 'Graph learning', 'Graph neural networks, knowledge graphs and networks.', 'Methods of learning', '"graph neural network*" OR GNN OR GNNs OR "graph learning" OR "node classification" OR "knowledge graph*" OR "graph transformer*" OR "link prediction" OR "graph representation*"', '723b2ea33a7d516ea0dbd293c339b1d0c2d1712b422232f6e9c40e18ad163ba7', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (31, 'time-series', 1, 'Time series and forecasting', 'Forecasts, anomalies and foundation models of time series.', 'Methods of learning', '"time series" OR timeseries OR forecast* OR "anomaly detection" OR spatiotemporal', '68c58ae8deb9656f5fe51a1abd288062ef991afdaa8c2ae20a69f4bee353ac1c', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (32, 'federated-learning', 1, 'Federated and private learning', 'Learning without gathering the data: federated, decentralised, differentially private.', 'Methods of learning', 'federated OR "differential privacy" OR "differentially private" OR "machine unlearning" OR "privacy preserving" OR "decentralized learning" OR "membership inference"', 'ce8f45fb8e03e7a24f6319986678b8145cbe3819351eacd0292f139447ea04b8', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (33, 'self-supervised-learning', 1, 'Representation learning', 'Self-supervision, contrastive learning and transfer.', 'Methods of learning', '"self-supervised" OR "contrastive learning" OR "representation learning" OR "masked autoencoder*" OR "transfer learning" OR "domain adaptation" OR "domain generalization"', '3fe183548299bfe476aa921d069d954b24aa3d0db9ce0dc90859859fd936f06a', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (34, 'few-shot-and-continual-learning', 1, 'Few-shot and continual learning', 'Learning from little, and without forgetting.', 'Methods of learning', '"few-shot learning" OR "meta-learning" OR "continual learning" OR "lifelong learning" OR "catastrophic forgetting" OR "in-context learning" OR "incremental learning" OR "active learning"', 'a9b120958a3125131ac2ed920e8f11a83bf37c5617755460ea0acb27226ba61a', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (35, 'optimization-and-theory', 1, 'Learning theory and optimisation', 'Why training works: optimisers, generalisation bounds, dynamics.', 'Methods of learning', '"generalization bound*" OR "sample complexity" OR "learning theory" OR "convergence rate*" OR "stochastic gradient" OR "training dynamics" OR "loss landscape*" OR "neural tangent" OR title:(optimizer OR optimizers OR grokking OR convergence OR Muon)', '47e443fe1905af1d71fe59888de6e8551fc60ea2e60565830604fe7849619268', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (36, 'causal-inference', 1, 'Causality', 'Causal discovery, treatment effects, counterfactuals.', 'Methods of learning', '"causal inference" OR "causal discovery" OR "treatment effect*" OR "causal effect*" OR "structural causal" OR title:(causal* OR counterfactual*)', '6a7ad972bb54857cbe5b852700da03b6c4ad5b3eef9eb8184753e8d6983ee90e', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (37, 'alignment-and-safety', 1, 'Alignment and safety', 'Jailbreaks, guardrails, deception, and models that stay within bounds.', 'Trust and measurement', 'jailbreak* OR "AI safety" OR "safety alignment" OR guardrail* OR "red team*" OR "value alignment" OR "AI alignment" OR "reward hacking" OR misalign* title:(AI OR LLM* OR model* OR agent*) OR "harmful content" OR title:(safety OR sycophan* OR deceptive)', '95463dfc6d63e747895908b217d8a61ad24ea69fc3507c0af757c096b9993808', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (38, 'interpretability', 1, 'Interpretability', 'What goes on inside: circuits, sparse autoencoders, probes, explanations.', 'Trust and measurement', 'interpretability OR "sparse autoencoder*" OR explainab* OR "activation steering" OR "steering vector*" OR "attention head*" title:(attention OR circuit* OR mechanis*) OR "mechanistic interpret*" OR XAI OR "feature attribution" OR "probing classifier*"', '698a2723436388c6992b9b835753a1bb0e4776e923ce43f460a5b52fec5c29c3', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (39, 'evaluation', 1, 'Evaluation and benchmarks', 'New benchmarks, judges, and what scores are worth.', 'Trust and measurement', 'title:(benchmark* OR leaderboard* OR "evaluation of") OR "LLM as a judge" OR "data contamination" OR "benchmark contamination" OR "evaluation suite*"', 'f07a8cfe546c6f8c55b4dd667fb35ca1ca8dfaeafe850287d1eb8e494157b41d', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (40, 'hallucination', 1, 'Hallucination and factuality', 'What models make up, how sure they are, and how to tell.', 'Trust and measurement', 'hallucinat* OR factuality OR "fact-checking" OR "fact verification" OR misinformation OR "uncertainty quantification" OR "confidence calibration" OR title:calibration', 'a4c9c5ab56ac461ab3bcd1eb268a9cbdc5cb81cf86ac3bdb9956ab222f7de8b5', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (41, 'datasets', 1, 'Datasets and synthetic data', 'New corpora, curation, and data made by models.', 'Trust and measurement', 'title:(dataset* OR corpus OR corpora) OR "synthetic data" OR "data curation" OR "data selection" OR "data synthesis" OR "data mixture*"', 'fcc6b0ba91171317f61fa74a4763ffecfa9372f98fefc3059c1726fc229de294', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (42, 'robustness-and-attacks', 1, 'Robustness and attacks', 'Adversarial examples, backdoors, prompt injection, watermarks.', 'Trust and measurement', '"adversarial attack*" OR "adversarial robustness" OR "adversarial example*" OR backdoor* OR "prompt injection*" OR "data poisoning" OR watermark* OR "adversarial training" OR "out-of-distribution detection" OR deepfake*', '6453dbb6c551a8c6cf3c4606813660c7642f2d51fde130a13203e2d34069b81a', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (43, 'fairness-and-society', 1, 'Fairness, society and policy', 'Bias, governance, labour, and what AI does to people.', 'Trust and measurement', 'title:(fairness OR bias OR biases OR society OR societal OR ethic* OR governance OR regulation) OR "algorithmic fairness" OR "social bias*" OR "gender bias*" OR "AI governance" OR cat:cs.CY', '052c50fb8912f937240d635396f55565411d7b0b9c8d8434245556b05ef3b47c', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (44, 'efficient-inference', 1, 'Efficient inference', 'Speculative decoding, KV caches, serving and faster attention.', 'Systems and efficiency', '"speculative decoding" OR "KV cache*" OR "inference acceleration" OR "efficient inference" OR "LLM serving" OR "LLM inference" OR "sparse attention" OR "linear attention" OR "early exit*" OR "token pruning" OR "inference latency" OR FlashAttention', '7f0b5bf7b4d049885003c6ab07aa96126932c9a48feb4a66826667b6c56e3b5d', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (45, 'quantization-and-compression', 1, 'Quantisation and compression', 'Smaller models: low bits, pruning, distillation.', 'Systems and efficiency', 'quantiz* title:(quantiz* OR low-bit OR bit* OR compress*) OR "post-training quantization" OR "model compression" OR "knowledge distillation" OR "weight pruning" OR "structured pruning" OR title:(pruning OR distillation OR distilling OR quantization OR quantized OR FP4 OR FP8)', '42f2769fd782bd74841a9b009bad423fcefa19b60ed9edff11a0a1a818328603', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (46, 'fine-tuning-and-adapters', 1, 'Fine-tuning and adapters', 'LoRA and kin, model merging and editing.', 'Systems and efficiency', 'LoRA OR "low-rank adapt*" OR "parameter-efficient" OR PEFT OR "model merging" OR "model editing" OR "prompt tuning" OR "task vector*" OR "knowledge editing"', 'b64a6452dee2e2e683ef3b802d504073eaa26f65d654bc39311137497622c925', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (47, 'state-space-models', 1, 'Architectures beyond the transformer', 'State space models, linear recurrences, new attention.', 'Systems and efficiency', '"state space model*" OR Mamba OR "linear attention" OR RWKV OR "recurrent neural*" OR "hybrid attention" OR "attention mechanism*" title:(attention OR transformer*) OR "positional encoding*" OR "looped transformer*"', '196dcb514aea8bfc42bd55c894cc0fd5ddf6233ba6e6eee998afd60bfb6cd2ac', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (48, 'training-systems', 1, 'Training systems and hardware', 'Distributed training, compilers, accelerators and kernels.', 'Systems and efficiency', '"distributed training" OR "GPU kernel*" OR "CUDA kernel*" OR "tensor parallel*" OR "pipeline parallel*" OR "kernel generation" OR FPGA OR "hardware acceler*" OR "neuromorphic" OR cat:cs.AR OR cat:cs.DC OR "training throughput"', '7aeb3c2dd2d9ea4e87b4354c8cdeba9dc2ba326abc99b1dc5bdbdf1b6c1023b6', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (49, 'recommender-systems', 1, 'Recommender systems', 'Recommendation, click-through rates, and personalisation.', 'Systems and efficiency', 'recommender* OR "recommendation system*" OR "collaborative filtering" OR "click-through" OR "sequential recommendation" OR "generative recommendation" OR title:(recommendation* OR personaliz*)', 'aece8a239ed7812a55846adffca772a382428fe57eec944cd0ad7c80a7e12253', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (50, 'ai-for-science', 1, 'AI for science', 'Models as scientists: discovery, simulation, surrogate models.', 'Machine learning for science', '"scientific discovery" OR "AI scientist*" OR "AI for science" OR "automated research" OR "AI4Science" OR "physics-informed" OR "neural operator*" OR "scientific machine learning" OR "surrogate model*" OR "partial differential equation*"', '0f86d48f60ef0a406fa4c86b2acadc5ee21c2a4c9f7350791b7842d71e95b78d', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (51, 'biology-and-chemistry', 1, 'Proteins, molecules and materials', 'Protein design, drug discovery, genomes, crystals.', 'Machine learning for science', 'protein OR proteins OR "drug discovery" OR "molecular generation" OR molecule* OR genomic* OR "single-cell" OR "materials discovery" OR "molecular dynamics" OR DNA OR RNA OR crystal*', '9d1dafbd9e77a84151cba56db5db0d78491a3fee9aef77a28b66be8be5a37774', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (52, 'medicine', 1, 'Medicine and health', 'Medical images, clinical text, diagnosis.', 'Machine learning for science', '"medical imag*" OR "clinical decision" OR radiolog* OR "electronic health" OR "clinical trial*" OR title:(medical OR clinical OR health OR healthcare OR patholog* OR patient* OR MRI OR CT OR cancer OR tumor* OR surgical OR medicine OR diagnos*)', '25fa5887d1db7c987e7c54cb49d072f8174177aee3e86b6dfedd065b9606c885', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (53, 'earth-and-climate', 1, 'Earth, weather and climate', 'Weather forecasts, remote sensing, geoscience.', 'Machine learning for science', '"remote sensing" OR "weather forecast*" OR "earth observation" OR climate OR "satellite imag*" OR geospatial OR hydrolog* OR cat:physics.ao-ph OR cat:physics.geo-ph', 'e05f6cfbaada4ed1005c55a88bf2e787394666388e1c9f5a5ce59ea9b8d18cdf', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (54, 'artificial-intelligence', 1, 'Artificial intelligence (cs.AI)', 'Papers whose first concern is arXiv''s cs.AI: search, planning, knowledge, logic.', 'Computer science', 'cat:cs.AI AND -cat:cs.CV -cat:cs.CL -cat:cs.LG -cat:cs.RO OR "knowledge representation" OR "automated planning" OR "neuro-symbolic" OR neurosymbolic', '3d7f532953244272de7fdee0f1e996c95e6fe4a8a81f71bcfa8a4c37da02c094', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (55, 'computation-and-language', 1, 'Computation and language (cs.CL)', 'All of arXiv''s cs.CL, and the classic tasks of language processing elsewhere.', 'Computer science', 'cat:cs.CL OR summarization OR "named entity*" OR "relation extraction" OR "information extraction" OR "sentiment analysis" OR "dialogue system*" OR "natural language processing" OR title:linguistic*', '5565bb209013896f4c151775b07428d6235efd3e02ae7bc6527cd768f6c6597c', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (56, 'computer-vision', 1, 'Computer vision (cs.CV)', 'All of arXiv''s cs.CV, and computer vision listed elsewhere.', 'Computer science', 'cat:cs.CV OR "computer vision" OR "image classification" OR "object detection" OR "image restoration"', '99a03e8b8d78d70f7c04b34ef53032311f72f9a282f40e4a3fc559966e84700d', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (57, 'machine-learning', 1, 'Machine learning (cs.LG)', 'All of arXiv''s cs.LG: methods, theory and applications of learning.', 'Computer science', 'cat:cs.LG OR title:("machine learning" OR "deep learning" OR "neural network*")', 'e213cc7faa5395acb694cb9da4ce0839818f46049cbc8ad3fa2a101cbe02c342', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (58, 'security', 1, 'Security and cryptography', 'arXiv cs.CR, and vulnerabilities, malware and cryptography elsewhere.', 'Computer science', 'cat:cs.CR OR cybersecurity OR malware OR cryptograph* OR vulnerabilit* title:(vulnerabilit* OR security)', '10c33f06ef4e318ea751fe026451a59e75fa0cec9a9c7b460a9b730f4af97269', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (59, 'human-computer-interaction', 1, 'Human-computer interaction', 'arXiv cs.HC, user studies and interfaces.', 'Computer science', 'cat:cs.HC OR "user study" OR "human-AI collaboration" OR "human-computer interaction"', '3f847bdbdedd29b07e2171be1b32b3e0cfa9927849cd7674acd32dfc168d8f76', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (60, 'software-engineering', 1, 'Software engineering and languages', 'arXiv cs.SE and cs.PL: testing, maintenance, compilers, verification.', 'Computer science', 'cat:cs.SE OR cat:cs.PL OR "software engineering" OR "unit test*" OR "formal verification" OR compiler*', '8eaeb84e946034e1ae7e618ae1eb5357f830882d0303e1d3d69164c53fab4caa', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (61, 'algorithms-and-theory', 1, 'Algorithms and complexity', 'arXiv cs.DS, cs.CC, cs.CG, cs.DM, cs.LO and cs.FL.', 'Computer science', 'cat:cs.DS OR cat:cs.CC OR cat:cs.CG OR cat:cs.DM OR cat:cs.LO OR cat:cs.FL', '09a15bb8173d4c22e1c8c47010c65fcf547e63677e8fe7c334004d9cfda9d0fb', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (62, 'information-theory-and-networks', 1, 'Information theory and networks', 'arXiv cs.IT and cs.NI: coding, wireless, protocols.', 'Computer science', 'cat:cs.IT OR cat:math.IT OR cat:cs.NI OR "wireless communication*" OR "channel estimation"', 'd48daeed66c969211aa26a17dd22c410641b74d97965ebd2fb4c5bb6d66170c3', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (63, 'game-theory', 1, 'Game theory and mechanism design', 'arXiv cs.GT and econ.TH: auctions, equilibria, voting, markets.', 'Computer science', 'cat:cs.GT OR cat:econ.TH OR "game theor*" OR "Nash equilibri*" OR "mechanism design" OR "social choice"', 'de568aeeb6065ce2f6c7646fa180679f3bee2a04dac425d518757f049660124c', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (64, 'statistics', 1, 'Statistics', 'arXiv''s stat archive: methods, theory, applications.', 'Mathematics and statistics', 'cat:stat OR cat:math.ST', '308546f84b44088213716949a636da78634ba22c10110400e7b7f7a928ecdd6c', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (65, 'statistical-machine-learning', 1, 'Statistical machine learning', 'arXiv stat.ML, Bayesian learning, kernels and Gaussian processes.', 'Mathematics and statistics', 'cat:stat.ML OR "Gaussian process*" OR "Bayesian optimization" OR "kernel method*" OR "variational inference"', '02de930d15a2790aa1f65892c3ce70f542ed05b9cd8e4a8907c7283ff1615444', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (66, 'optimization-and-control', 1, 'Optimisation and control', 'arXiv math.OC and numerical mathematics.', 'Mathematics and statistics', 'cat:math.OC OR cat:math.NA OR cat:cs.NA OR "convex optimization" OR "combinatorial optimization" OR "optimal control"', '996158cdcd4e197fa64ec7b7d57f1feeda5eb6909832827ee704649eba82f941', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (67, 'pure-mathematics', 1, 'Pure mathematics', 'Algebra, geometry, number theory, analysis, topology and combinatorics of arXiv.', 'Mathematics and statistics', 'cat:math AND -cat:math.OC -cat:math.NA -cat:math.ST -cat:math.IT', 'e6def5b2bfcadc96babe307ecf0490c1b387bc23ea063ac61e91ef3ada8011a7', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (68, 'quantum', 1, 'Quantum physics and computing', 'arXiv quant-ph, and quantum computing elsewhere.', 'Physics and astronomy', 'cat:quant-ph OR "quantum comput*" OR "quantum circuit*" OR "quantum machine learning" OR qubit*', '6a8583526e9d15e2e2005426c49e2d387f73614985d65dacc1c1dc11b61a3884', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (69, 'astrophysics', 1, 'Astronomy and astrophysics', 'arXiv astro-ph: galaxies, stars, planets, cosmology and instruments.', 'Physics and astronomy', 'cat:astro-ph OR astronom* OR galax* OR exoplanet* OR cosmolog*', '64ea374cf42335d76197c188b0076bf9de74692f32e2e2d001768fc75551f17b', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (70, 'condensed-matter', 1, 'Condensed matter and materials', 'arXiv cond-mat: materials, superconductors, soft and statistical matter.', 'Physics and astronomy', 'cat:cond-mat OR "condensed matter" OR superconduct* OR "density functional theory"', '49a3bc1361a92dc5e2bf0f437cc66cd6c60b0d555393160c30ad1b1a0f438987', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (71, 'high-energy-physics', 1, 'High-energy and nuclear physics', 'arXiv hep-ex, hep-lat, hep-ph, hep-th, gr-qc, nucl-ex and nucl-th.', 'Physics and astronomy', 'cat:hep-* OR cat:nucl-* OR cat:gr-qc OR "particle physics" OR collider* OR "string theory" OR "quantum field theory"', 'bdf60b34762fc555279ee0d028b5244d2ac521a28d636c7ba68a323ded2615e9', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (72, 'physics', 1, 'Physics, all other fields', 'arXiv physics, nlin and math-ph: optics, fluids, complex systems, plasmas.', 'Physics and astronomy', 'cat:physics OR cat:nlin OR cat:math-ph', '043c81858dc95e6ea3a6a3004b2a896dad7bbc8df4c3cb3a4fd58ecd5f6efe46', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (73, 'neuroscience', 1, 'Neuroscience and the brain', 'arXiv q-bio.NC, brain signals and brain-like networks.', 'Life, economy and engineering', 'cat:q-bio.NC OR neuroscience OR EEG OR fMRI OR "brain-computer" OR "spiking neural network*" OR cortex OR cortical', 'a418a29fccb2485abbb664f61c4d93be1cbe6c564f96c87683f74bc479fb1e3a', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (74, 'quantitative-biology', 1, 'Quantitative biology', 'arXiv''s q-bio archive: genomics, populations, molecules, cells.', 'Life, economy and engineering', 'cat:q-bio OR bioinformatics OR genome* OR epidemiolog*', '5b6493df65aba441bdd1858c78ee05e854e0c7a79034ab0d068c7f58df3cd430', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (75, 'economics-and-finance', 1, 'Economics and finance', 'arXiv econ and q-fin: markets, prices, trading, econometrics.', 'Life, economy and engineering', 'cat:econ OR cat:q-fin OR econometric* OR "stock market*" OR "financial market*" OR title:(financ* OR economic* OR trading)', '58151e900d6b588c9ae5d40f1f2b80ea673dcdbc2954f98b6e04d1e0a7eaa84d', 1, 'catalogue');
INSERT INTO "topic" ("id", "slug", "version", "name", "description", "topic_group", "query", "query_hash", "current", "origin") VALUES (76, 'electrical-engineering', 1, 'Signals, systems and control', 'arXiv eess and cs.SY: signal and image processing, power grids, control.', 'Life, economy and engineering', 'cat:eess OR cat:cs.SY OR "signal processing" OR "power system*" OR "model predictive control"', 'a5c686f94ee4bf9f6c6465a516fa15f40560ed69979ee00d7fd4266712777aeb', 1, 'catalogue');
INSERT INTO "topic_set" ("id", "hash", "items") VALUES (1, '4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945', '[]');
INSERT INTO "topic_set" ("id", "hash", "items") VALUES (2, '452cae7c5aeaa32e0770860653bd0b156911d0642ed38722871382dfd773ad11', '[{"name": "routing", "query": "routing", "slug": null}]');
INSERT INTO "topic_set" ("id", "hash", "items") VALUES (3, '65d68e46cae585da353957c3bf155d42a7faeecb0d0ac88f015425411208527a', '[{"name": "owned", "query": "owned", "slug": null}]');
INSERT INTO "worker" ("id", "started_at", "heartbeat_at") VALUES ('vm.24036.6f97f21b', '2026-05-04 08:00:00.000000', '2026-05-04 08:00:00.000000');
INSERT INTO "identity_key" ("kind", "value", "paper_id") VALUES ('arxiv', '2605.10001', 1);
INSERT INTO "identity_key" ("kind", "value", "paper_id") VALUES ('entry', 'Hugging Face 2605.10001', 1);
INSERT INTO "identity_key" ("kind", "value", "paper_id") VALUES ('arxiv', '2605.10002', 2);
INSERT INTO "identity_key" ("kind", "value", "paper_id") VALUES ('entry', 'Hugging Face 2605.10002', 2);
INSERT INTO "mention" ("paper_id", "source", "listed_at", "last_listed_at", "url") VALUES (1, 'Hugging Face', '2026-05-04 00:00:00.000000', '2026-05-04 00:00:00.000000', 'https://arxiv.org/abs/2605.10001');
INSERT INTO "mention" ("paper_id", "source", "listed_at", "last_listed_at", "url") VALUES (2, 'Hugging Face', '2026-05-04 00:00:00.000000', '2026-05-04 00:00:00.000000', 'https://arxiv.org/abs/2605.10002');
INSERT INTO "plan_card" ("plan_id", "paper_id", "facts") VALUES (1, 1, '{"paper_id": 1, "title": "Routing of sparse experts", "url": "https://arxiv.org/abs/2605.10001", "abstract": "Routing of sparse experts is studied here at some length, item 1.", "authors": [], "pdf_url": null, "code_url": null, "organization": null, "sources": ["Hugging Face"], "listed_date": "2026-05-04", "trend": 42, "trend_text": "10 upvotes", "trend_parts": [{"metric": "upvotes", "value": 10, "rising": false}], "rising": false, "why": [], "topic": ""}');
INSERT INTO "plan_card" ("plan_id", "paper_id", "facts") VALUES (1, 2, '{"paper_id": 2, "title": "Owned routing tables", "url": "https://arxiv.org/abs/2605.10002", "abstract": "Owned routing tables is studied here at some length, item 2.", "authors": [], "pdf_url": null, "code_url": null, "organization": null, "sources": ["Hugging Face"], "listed_date": "2026-05-04", "trend": 42, "trend_text": "10 upvotes", "trend_parts": [{"metric": "upvotes", "value": 10, "rising": false}], "rising": false, "why": [], "topic": ""}');
INSERT INTO "selection" ("id", "plan_id", "topic_set_id", "seen_set_id", "next_seen_set_id", "max_papers", "min_papers", "weekdays", "fresh_since", "items", "matched", "already_seen", "fresh", "empty_reason") VALUES (1, 1, 2, 1, 2, 10, 1, 127, '1970-01-01 00:00:00.000000', '[[1, "routing", ["routing"]], [2, "routing", ["routing"]]]', 2, 0, 2, '');
INSERT INTO "signal" ("paper_id", "source", "metric", "taken_at", "value") VALUES (1, 'Hugging Face', 'upvotes', '2026-05-04 00:00:00.000000', 10.0);
INSERT INTO "signal" ("paper_id", "source", "metric", "taken_at", "value") VALUES (2, 'Hugging Face', 'upvotes', '2026-05-04 00:00:00.000000', 10.0);
INSERT INTO "subscriber" ("id", "address", "address_key", "state", "state_reason", "zone", "hour", "weekdays", "max_papers", "min_papers", "language", "extract", "topic_set_id", "seen_set_id", "fresh_since", "token_generation", "paused_until", "at_once_on", "created_at", "confirmed_at", "feed_generation", "suppression", "erase_asked_at") VALUES (1, 'ada@example.org', 'ada@example.org', 'active', '', 'UTC', 8, 127, 10, 1, 'en', 'short', 2, 2, '2026-05-04 08:00:00.000000', 0, NULL, NULL, '2026-05-04 00:00:00.000000', '2026-05-04 00:00:00.000000', 0, NULL, NULL);
INSERT INTO "subscriber" ("id", "address", "address_key", "state", "state_reason", "zone", "hour", "weekdays", "max_papers", "min_papers", "language", "extract", "topic_set_id", "seen_set_id", "fresh_since", "token_generation", "paused_until", "at_once_on", "created_at", "confirmed_at", "feed_generation", "suppression", "erase_asked_at") VALUES (2, 'ben@example.org', 'ben@example.org', 'active', '', 'UTC', 8, 127, 10, 1, 'en', 'short', 2, 1, '1970-01-01 00:00:00.000000', 0, NULL, NULL, '2026-05-04 00:00:00.000000', '2026-05-04 00:00:00.000000', 0, NULL, NULL);
INSERT INTO "subscriber" ("id", "address", "address_key", "state", "state_reason", "zone", "hour", "weekdays", "max_papers", "min_papers", "language", "extract", "topic_set_id", "seen_set_id", "fresh_since", "token_generation", "paused_until", "at_once_on", "created_at", "confirmed_at", "feed_generation", "suppression", "erase_asked_at") VALUES (3, 'cleo@example.org', 'cleo@example.org', 'paused', 'paused until 2026-05-20', 'UTC', 8, 127, 10, 1, 'en', 'short', 2, 2, '2026-05-04 08:00:00.000000', 0, '2026-05-20', NULL, '2026-05-04 00:00:00.000000', '2026-05-04 00:00:00.000000', 0, NULL, NULL);
INSERT INTO "subscriber" ("id", "address", "address_key", "state", "state_reason", "zone", "hour", "weekdays", "max_papers", "min_papers", "language", "extract", "topic_set_id", "seen_set_id", "fresh_since", "token_generation", "paused_until", "at_once_on", "created_at", "confirmed_at", "feed_generation", "suppression", "erase_asked_at") VALUES (4, 'dan@example.org', 'dan@example.org', 'unsubscribed', 'unsubscribed', 'UTC', 8, 127, 10, 1, 'en', 'short', 2, 2, '2026-05-04 08:00:00.000000', 0, NULL, NULL, '2026-05-04 00:00:00.000000', '2026-05-04 00:00:00.000000', 0, NULL, NULL);
INSERT INTO "subscriber" ("id", "address", "address_key", "state", "state_reason", "zone", "hour", "weekdays", "max_papers", "min_papers", "language", "extract", "topic_set_id", "seen_set_id", "fresh_since", "token_generation", "paused_until", "at_once_on", "created_at", "confirmed_at", "feed_generation", "suppression", "erase_asked_at") VALUES (5, '', 'erased:5', 'erased', '', 'UTC', 8, 127, 10, 1, 'en', 'short', 1, 1, '1970-01-01 00:00:00.000000', 1, NULL, NULL, '2026-05-04 00:00:00.000000', '2026-05-04 00:00:00.000000', 1, NULL, '2026-05-04 08:00:00.000000');
INSERT INTO "subscriber" ("id", "address", "address_key", "state", "state_reason", "zone", "hour", "weekdays", "max_papers", "min_papers", "language", "extract", "topic_set_id", "seen_set_id", "fresh_since", "token_generation", "paused_until", "at_once_on", "created_at", "confirmed_at", "feed_generation", "suppression", "erase_asked_at") VALUES (6, 'gus@example.org', 'gus@example.org', 'suppressed', '', 'UTC', 8, 127, 10, 1, 'en', 'short', 3, 1, '1970-01-01 00:00:00.000000', 0, NULL, NULL, '2026-05-04 08:00:00.000000', '2026-05-04 08:00:00.000000', 0, 'bounce', NULL);
INSERT INTO "subscriber" ("id", "address", "address_key", "state", "state_reason", "zone", "hour", "weekdays", "max_papers", "min_papers", "language", "extract", "topic_set_id", "seen_set_id", "fresh_since", "token_generation", "paused_until", "at_once_on", "created_at", "confirmed_at", "feed_generation", "suppression", "erase_asked_at") VALUES (7, 'hal@example.org', 'hal@example.org', 'suppressed', '', 'UTC', 8, 127, 10, 1, 'en', 'short', 3, 1, '1970-01-01 00:00:00.000000', 0, NULL, NULL, '2026-05-04 08:00:00.000000', '2026-05-04 08:00:00.000000', 0, 'complaint', NULL);
INSERT INTO "subscriber" ("id", "address", "address_key", "state", "state_reason", "zone", "hour", "weekdays", "max_papers", "min_papers", "language", "extract", "topic_set_id", "seen_set_id", "fresh_since", "token_generation", "paused_until", "at_once_on", "created_at", "confirmed_at", "feed_generation", "suppression", "erase_asked_at") VALUES (8, 'eve@example.org', 'eve@example.org', 'pending', '', 'UTC', 8, 127, 10, 1, 'en', 'short', 2, 1, '1970-01-01 00:00:00.000000', 0, NULL, NULL, '2026-05-04 08:00:00.000000', NULL, 0, NULL, NULL);
INSERT INTO "delivery" ("id", "subscriber_id", "kind", "dedupe_key", "priority", "edition_id", "selection_id", "state", "reason", "address", "language", "extract", "token_generation", "planned_at", "next_try_at", "expires_at", "attempts", "owner", "render_version", "sent_at", "reply", "placed", "relay", "submissions", "uncertain", "rewritten") VALUES (1, 1, 'digest', '2026-05-04', 5, 1, 1, 'sent', '', 'ada@example.org', 'en', 'short', 0, '2026-05-04 08:00:00.000000', '2026-05-04 08:00:00.000000', '2026-05-05 04:00:00.000000', 1, 'vm.24036.6f97f21b', '87e2fa6fff98f6c7', '2026-05-04 08:00:00.000000', '250 ok', 2, NULL, 1, 0, 0);
INSERT INTO "delivery" ("id", "subscriber_id", "kind", "dedupe_key", "priority", "edition_id", "selection_id", "state", "reason", "address", "language", "extract", "token_generation", "planned_at", "next_try_at", "expires_at", "attempts", "owner", "render_version", "sent_at", "reply", "placed", "relay", "submissions", "uncertain", "rewritten") VALUES (2, 2, 'digest', '2026-05-04', 5, 1, 1, 'pending', 'put off by the relay', 'ben@example.org', 'en', 'short', 0, '2026-05-04 08:00:00.000000', '2026-05-04 08:04:31.694026', '2026-05-05 04:00:00.000000', 1, NULL, '87e2fa6fff98f6c7', NULL, '451 4.7.1 later', 2, NULL, 1, 0, 0);
INSERT INTO "delivery" ("id", "subscriber_id", "kind", "dedupe_key", "priority", "edition_id", "selection_id", "state", "reason", "address", "language", "extract", "token_generation", "planned_at", "next_try_at", "expires_at", "attempts", "owner", "render_version", "sent_at", "reply", "placed", "relay", "submissions", "uncertain", "rewritten") VALUES (3, 3, 'digest', '2026-05-04', 5, 1, 1, 'sent', '', 'cleo@example.org', 'en', 'short', 0, '2026-05-04 08:00:00.000000', '2026-05-04 08:00:00.000000', '2026-05-05 04:00:00.000000', 1, 'vm.24036.6f97f21b', '87e2fa6fff98f6c7', '2026-05-04 08:00:00.000000', '250 ok', 2, NULL, 1, 0, 0);
INSERT INTO "delivery" ("id", "subscriber_id", "kind", "dedupe_key", "priority", "edition_id", "selection_id", "state", "reason", "address", "language", "extract", "token_generation", "planned_at", "next_try_at", "expires_at", "attempts", "owner", "render_version", "sent_at", "reply", "placed", "relay", "submissions", "uncertain", "rewritten") VALUES (4, 4, 'digest', '2026-05-04', 5, 1, 1, 'sent', '', 'dan@example.org', 'en', 'short', 0, '2026-05-04 08:00:00.000000', '2026-05-04 08:00:00.000000', '2026-05-05 04:00:00.000000', 1, 'vm.24036.6f97f21b', '87e2fa6fff98f6c7', '2026-05-04 08:00:00.000000', '250 ok', 2, NULL, 1, 0, 0);
INSERT INTO "delivery" ("id", "subscriber_id", "kind", "dedupe_key", "priority", "edition_id", "selection_id", "state", "reason", "address", "language", "extract", "token_generation", "planned_at", "next_try_at", "expires_at", "attempts", "owner", "render_version", "sent_at", "reply", "placed", "relay", "submissions", "uncertain", "rewritten") VALUES (5, 5, 'digest', '2026-05-04', 5, 1, NULL, 'sent', '', '', 'en', 'short', 0, '2026-05-04 08:00:00.000000', '2026-05-04 08:00:00.000000', '2026-05-05 04:00:00.000000', 1, 'vm.24036.6f97f21b', '87e2fa6fff98f6c7', '2026-05-04 08:00:00.000000', '', NULL, NULL, 1, 0, 0);
INSERT INTO "delivery" ("id", "subscriber_id", "kind", "dedupe_key", "priority", "edition_id", "selection_id", "state", "reason", "address", "language", "extract", "token_generation", "planned_at", "next_try_at", "expires_at", "attempts", "owner", "render_version", "sent_at", "reply", "placed", "relay", "submissions", "uncertain", "rewritten") VALUES (6, 8, 'confirm', '2026-05-04', 1, NULL, NULL, 'pending', '', 'eve@example.org', 'en', 'short', 0, '2026-05-04 08:00:00.000000', '2026-05-04 08:00:00.000000', '2026-05-06 08:00:00.000000', 0, NULL, NULL, NULL, '', NULL, NULL, 0, 0, 0);
INSERT INTO "signup" ("id", "subscriber_id", "delivery_id", "asked_at", "confirmed_at", "preferences", "origin") VALUES (1, 8, 6, '2026-05-04 08:00:00.000000', NULL, '{"zone": "UTC", "hour": 8, "weekdays": 127, "max_papers": 10, "min_papers": 1, "language": "en", "extract": "short", "topics": [{"name": "routing", "query": "routing", "slug": null}]}', 'page');
INSERT INTO "bucket" ("key", "level", "updated_at") VALUES ('8cf1f88e6bb9e7050f86db43697eaa6f97bde37acdc6aca4b6d9401901569356', 19.0, '2026-05-04 08:00:00.000000');
INSERT INTO "bucket" ("key", "level", "updated_at") VALUES ('62aba83b94b8b2178cc4f6b15f4d8c26d27af62add8969916f9a3d316105cbfe', 4.0, '2026-05-04 08:00:00.000000');
INSERT INTO "vote" ("id", "subscriber_id", "paper_id", "verdict", "topic", "delivery_id", "voted_at") VALUES (1, 1, 1, 'more', 'routing', 1, '2026-05-04 08:00:00.000000');
INSERT INTO paper_text(paper_text) VALUES ('rebuild');
CREATE INDEX ix_paper_eligible_until ON paper (eligible_until);
CREATE INDEX ix_paper_first_seen_at ON paper (first_seen_at);
CREATE INDEX ix_paper_merged_into ON paper (merged_into);
CREATE INDEX ix_paper_split_from ON paper (split_from);
CREATE INDEX ix_paper_title_key ON paper (title_key);
CREATE INDEX ix_paper_updated_at ON paper (updated_at);
CREATE INDEX ix_slot_next_due_at ON slot (next_due_at);
CREATE INDEX ix_identity_key_paper_id ON identity_key (paper_id);
CREATE INDEX ix_merge_paper_id ON merge (paper_id);
CREATE INDEX ix_signal_taken_at ON signal (taken_at);
CREATE INDEX ix_subscriber_at_once ON subscriber (at_once_on);
CREATE INDEX ix_subscriber_seen_set_id ON subscriber (seen_set_id);
CREATE INDEX ix_subscriber_zone_hour ON subscriber (zone, hour);
CREATE INDEX ix_delivery_edition_id ON delivery (edition_id);
CREATE INDEX ix_delivery_owner ON delivery (owner, state);
CREATE INDEX ix_delivery_queue ON delivery (state, priority, next_try_at, id);
CREATE INDEX ix_delivery_selection_id ON delivery (selection_id);
CREATE INDEX ix_mention_listed_at ON mention (listed_at);
CREATE INDEX ix_signup_subscriber_id ON signup (subscriber_id);
CREATE INDEX ix_signup_asked_at ON signup (asked_at);
CREATE INDEX ix_bucket_updated_at ON bucket (updated_at);
CREATE INDEX ix_vote_paper_id ON vote (paper_id);
CREATE INDEX ix_vote_reader ON vote (subscriber_id, id);
CREATE TRIGGER paper_text_added AFTER INSERT ON paper BEGIN INSERT INTO paper_text(rowid, title, abstract) VALUES (new.id, new.title, new.abstract); END;
CREATE TRIGGER paper_text_removed AFTER DELETE ON paper BEGIN INSERT INTO paper_text(paper_text, rowid, title, abstract) VALUES ('delete', old.id, old.title, old.abstract); END;
CREATE TRIGGER paper_text_changed AFTER UPDATE OF title, abstract ON paper WHEN old.title IS NOT new.title OR old.abstract IS NOT new.abstract BEGIN INSERT INTO paper_text(paper_text, rowid, title, abstract) VALUES ('delete', old.id, old.title, old.abstract); INSERT INTO paper_text(rowid, title, abstract) VALUES (new.id, new.title, new.abstract); END;
CREATE INDEX ix_bounce_delivery_id ON bounce (delivery_id);
CREATE INDEX ix_bounce_received_at ON bounce (received_at);
CREATE INDEX ix_bounce_reader ON bounce (subscriber_id, received_at);
CREATE INDEX ix_provider_looked_up_at ON provider (looked_up_at);
